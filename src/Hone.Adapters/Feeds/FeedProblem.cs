using System.Text;

namespace Hone.Adapters.Feeds;

/// <summary>What is wrong with a data file, where, and what to do: one line.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line in the file, 1 is the first; 0 when the problem is not in a line.</param>
/// <param name="Column">Column's name; empty when the problem is not in a column.</param>
/// <param name="Value">The value as it stands there, at most 60 characters; empty when there is none to show.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Remedy">What to do.</param>
public sealed record FeedProblem(string File, long Line, string Column, string Value, string What, string Remedy)
{
    /// <summary>Characters of a value that are shown.</summary>
    public const int ValueCharactersMax = 60;

    /// <summary>All of it in one line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(File);
        if (Line > 0)
            text.Append($", line {Line}");
        if (Column.Length > 0)
            text.Append($", column '{Column}'");
        text.Append(": ");
        if (Value.Length > 0)
            text.Append($"'{Value}' ");
        // Names come from the file too, so all of it is made one harmless line.
        return Printable(text.Append($"{What}; {Remedy}.").ToString());
    }

    /// <summary>Bytes of a file as text that can stand in a message: decoded, cut to 60 characters, nothing that moves a cursor.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes)
    {
        var cut = bytes.Length > 4 * ValueCharactersMax ? bytes[..(4 * ValueCharactersMax)] : bytes;
        var text = Printable(Encoding.UTF8.GetString(cut));
        return text.Length > ValueCharactersMax ? string.Concat(text.AsSpan(0, ValueCharactersMax), "…") : text;
    }

    /// <summary>A text from outside that can stand in a message: cut to 60 characters, nothing that moves a cursor.</summary>
    internal static string Short(string text)
    {
        var cut = Printable(text.Length > ValueCharactersMax ? text[..ValueCharactersMax] : text);
        return text.Length > ValueCharactersMax ? cut + "…" : cut;
    }

    /// <summary>A text of a file with nothing in it that moves a cursor.</summary>
    internal static string Printable(string text)
        => string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
        });
}

/// <summary>A data file cannot be read or says something impossible. The message is one line: file, line, column, value, remedy.</summary>
public sealed class FeedException(FeedProblem problem, Exception? cause = null) : Exception(problem.ToString(), cause)
{
    /// <summary>The message in its parts.</summary>
    public FeedProblem Problem => problem;
}
