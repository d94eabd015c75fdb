using System.CommandLine;
using System.CommandLine.Parsing;

namespace Hone.Host.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class WrongUse
{
    /// <summary>Describes the first problem of a command line; null when there is none.</summary>
    public static string? Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = Name(parsed.CommandResult);
        var hint = $"`{name} --help` lists ";
        // The parser takes a mistyped option for one more file where several are allowed. A file of such a name is ./--name.
        if (parsed.Tokens.FirstOrDefault(t => t.Type == TokenType.Argument && IsOption(t.Value)) is { } mistyped)
            return $"`{name}` has no option '{mistyped.Value}'; {hint}them.";
        if (parsed.Errors.Count == 0)
            return null;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            return command.Subcommands.Any(c => !c.Hidden)
                ? $"there is no verb '{unknown}'. Known: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}."
                : $"`{name}` does not take '{unknown}'; {hint}what it takes.";
        }
        var problem = parsed.Errors[0];
        var option = problem.SymbolResult as OptionResult ?? problem.SymbolResult?.Parent as OptionResult;
        if (option is { IdentifierToken: null })
            return $"`{name}` needs {option.Option.Name}: {option.Option.Description}";
        if (option is not null)
            return $"{Describe(option, problem)} {char.ToUpperInvariant(hint[0])}{hint[1..]}the options.";
        if (command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is null or { Tokens.Count: 0 }) is { } argument)
            return $"`{name}` needs {argument.Name}: {argument.Description}";
        return $"{problem.Message} {char.ToUpperInvariant(hint[0])}{hint[1..]}what it takes.";
    }

    private static string Describe(OptionResult result, ParseError problem)
    {
        var option = result.Option.Name;
        if (result.Tokens is not [var value, ..])
            return $"{option} wants a value.";
        if (result.Tokens.Count > 1 && result.Option.Arity.MaximumNumberOfValues == 1)
            return $"{option} is given {result.Tokens.Count} times; once is enough.";
        var type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType;
        var wanted = type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(ulong) ? "a whole number, 0 or more"
            : type == typeof(double) ? "a number"
            : null;
        return wanted is null ? problem.Message : $"{option} is '{value.Value}'; it must be {wanted}.";
    }

    private static bool IsOption(string word) => word is ['-', '-', not '-', ..] or ['-', >= 'a' and <= 'z', ..] or ['-', >= 'A' and <= 'Z', ..];

    private static string Name(CommandResult result)
        => result.Parent is CommandResult parent ? $"{Name(parent)} {result.Command.Name}" : "hone";
}
