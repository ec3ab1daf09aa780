import { chooseTheme, type ThemeChoice, useTheme } from "../theme/theme.ts";

const choices: readonly (readonly [ThemeChoice, string])[] = [
  ["auto", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function ThemeSwitch() {
  const { choice } = useTheme();
  return (
    <label class="theme-switch">
      <span class="only-read">Colours</span>
      <select
        value={choice}
        onChange={({ currentTarget }) => chooseTheme(currentTarget.value as ThemeChoice)}
      >
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
