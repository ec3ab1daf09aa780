import { chooseTheme, type ThemeChoice, useTheme } from "../theme/theme.ts";

const choices: readonly (readonly [ThemeChoice, string])[] = [
  ["auto", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function ThemeSwitch() {
  const { choice } = useTheme();
  return (
    <label class="theme-switch">
      <span>Theme</span>
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
