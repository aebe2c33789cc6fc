// `kubeskiff completion SHELL`: a script that completes commands and options.
import { type OptionGroup, UsageError } from '../options.ts';
import { apiServerOptions } from './apiserver.ts';
import { stateOptions } from './cluster-state.ts';
import { nodeOptions, partOptions } from './parts.ts';
import { upOptions } from './up.ts';

const commands: Readonly<Record<string, readonly OptionGroup[]>> = {
  up: upOptions,
  status: stateOptions,
  stop: stateOptions,
  reset: stateOptions,
  apiserver: apiServerOptions,
  'controller-manager': partOptions,
  scheduler: partOptions,
  node: nodeOptions,
  completion: [],
  version: [],
};

function optionsOf(groups: readonly OptionGroup[]): string {
  return groups
    .flatMap((g) => g.options)
    .map((o) => `--${o.name}`)
    .join(' ');
}

function bash(): string {
  const cases = Object.entries(commands).map(
    ([name, groups]) => `    ${name}) words="${optionsOf(groups)}" ;;`,
  );
  return `# kubeskiff completion for bash: source <(kubeskiff completion bash)
_kubeskiff() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_CWORD}:\${COMP_WORDS[1]}" in
    1:*) words="${Object.keys(commands).join(' ')}" ;;
  esac
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _kubeskiff kubeskiff
`;
}

function zsh(): string {
  return `# kubeskiff completion for zsh: source <(kubeskiff completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash()}`;
}

function fish(): string {
  const names = Object.keys(commands).join(' ');
  const lines = Object.entries(commands).flatMap(([name, groups]) =>
    groups
      .flatMap((g) => g.options)
      .map((o) => {
        const description = o.help.replaceAll("'", "\\'");
        const value = o.value === undefined ? '' : ' -r';
        return `complete -c kubeskiff -n '__fish_seen_subcommand_from ${name}' -l ${o.name}${value} -d '${description}'`;
      }),
  );
  return `# kubeskiff completion for fish: kubeskiff completion fish | source
complete -c kubeskiff -n '__fish_use_subcommand' -f -a '${names}'
${lines.join('\n')}
`;
}

const shells: Readonly<Record<string, () => string>> = { bash, zsh, fish };

/** Prints the script of a shell. */
export async function completionCommand(args: readonly string[]): Promise<number> {
  const [shell = ''] = args;
  const script = shells[shell];
  if (!script)
    throw new UsageError(`kubeskiff completion ${shell}: choose a shell: ${Object.keys(shells).join(', ')}`);
  process.stdout.write(script());
  return 0;
}
