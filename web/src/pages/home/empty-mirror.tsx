/** What to do with a mirror that has no papers yet. */
export function EmptyMirror() {
  return (
    <section class="panel home-empty" aria-labelledby="empty-title">
      <h2 id="empty-title">This mirror is empty</h2>
      <p>Import documents, then reload this page. On the server, run one of these:</p>
      <dl>
        <div>
          <dt>Copy another mirror</dt>
          <dd>
            <code>npx pith-graph sync https://mirror.example</code>
          </dd>
        </div>
        <div>
          <dt>Import files or folders</dt>
          <dd>
            <code>npx pith-graph ingest bundles/</code>
          </dd>
        </div>
        <div>
          <dt>Try it with demo data</dt>
          <dd>
            <code>npx pith-graph start</code>
          </dd>
        </div>
      </dl>
      <p class="small soft">
        Documents that are signed with other keys than the registry's need <code>--keyring keyring.json</code>
        .
      </p>
    </section>
  );
}
