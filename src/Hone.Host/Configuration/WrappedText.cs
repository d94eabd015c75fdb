namespace Hone.Host.Configuration;

/// <summary>Prose in lines, for comments and consoles.</summary>
internal static class WrappedText
{
    /// <summary>Lines of at most that many characters where blanks allow it.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        while (text.Length > width && text.LastIndexOf(' ', width) is > 0 and var cut)
        {
            yield return text[..cut];
            text = text[(cut + 1)..];
        }
        yield return text;
    }
}
