using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>
/// Bars from a CSV file, plain or gzip, read as a stream: memory does not depend on the file's size, and nothing is allocated per
/// bar. Separator, header, time format, stamp convention, length of a bar and kind of market are recognised and noted in
/// <see cref="DataQuality.Notes"/>, or told by <see cref="CsvFeedOptions"/>.
/// </summary>
/// <remarks>
/// Before the first bar up to 1 MiB is read ahead, for the names of the columns and for stamps; no price is looked at before its
/// turn. A bar closes one step after its start, also when its real span is shorter; a daily bar of shares at 21:00 UTC.
/// </remarks>
public sealed class CsvBarFeed : IBarFeed
{
    private readonly CsvBarReader _reader;
    private FeedProblem? _failure;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is told; the rest is recognised.</param>
    /// <exception cref="FeedException">It cannot be opened or is no table of bars.</exception>
    /// <exception cref="Hone.Learning.InvalidOptionsException">An option is out of range.</exception>
    public CsvBarFeed(string path, CsvFeedOptions? options = null) => _reader = new(path, options ?? new());

    /// <inheritdoc/>
    public string Symbol => _reader.Symbol;

    /// <inheritdoc/>
    public IReadOnlyList<string> ExtraColumns => _reader.ExtraColumns;

    /// <inheritdoc/>
    public long StepUs => _reader.StepUs;

    /// <summary>Kind of market, as told or as its hours show.</summary>
    public AssetClass AssetClass => _reader.AssetClass;

    /// <inheritdoc/>
    public double Progress => _reader.Progress;

    /// <inheritdoc/>
    public DataQuality Quality => _reader.Quality;

    /// <summary>Bars that <see cref="GapPolicy.Fill"/> put into gaps.</summary>
    public long FilledBars => _reader.FilledBars;

    /// <summary>Reads the next bar, and its further columns into <paramref name="extras"/> (NaN where missing); an empty span leaves them out.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FeedException">A row is no bar, or the file cannot be read on.</exception>
    public bool TryRead(out Bar bar, Span<double> extras)
    {
        // A problem stays: whoever caught it and reads on must not get the rest of the file as if nothing were missing.
        if (_failure is null && _reader.Read(out bar, extras) == ReadStatus.Bar)
            return true;
        bar = default;
        _failure ??= _reader.Problem;
        return _failure is null ? false : throw new FeedException(_failure);
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
