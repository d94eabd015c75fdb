using Hone.Learning;
using Hone.Trading.Market;

namespace Hone.Adapters.Feeds;

/// <summary>What reading on brought.</summary>
internal enum ReadStatus
{
    /// <summary>A bar.</summary>
    Bar,

    /// <summary>A row that is no bar; reading may go on.</summary>
    Problem,

    /// <summary>The end of what can be read; a <see cref="CsvBarReader.Problem"/> says when it is not the file's end.</summary>
    End,
}

/// <summary>Bars of a file, one at a time, with every policy applied and counted; leaves it to its user what a problem means.</summary>
internal sealed class CsvBarReader : IDisposable
{
    private readonly FeedFile _file;
    private readonly LineReader _lines;
    private readonly CsvLayout _layout;
    private readonly CsvRowReader _rows;
    private readonly CsvFeedOptions _options;
    private readonly MarketHours _hours;
    private readonly QualityCount _count;
    private readonly double[] _last, _waiting;
    private readonly long _fromUs, _toUs;

    private BarHash _hash;
    private long _lastStampUs = long.MinValue, _lastCloseUs = long.MinValue, _handedOutUs = long.MinValue;
    private Bar _waitingBar;
    private long _waitingStampUs, _fillsLeft, _goodRows;
    private double _fillPrice;
    private bool _ended, _isWaiting;

    public CsvBarReader(string path, CsvFeedOptions options)
    {
        Options.Validated("csv feed", options);
        _options = options;
        Path = path;
        Symbol = options.Symbol ?? SymbolOf(path);
        _file = FeedFile.Open(path);
        try
        {
            _lines = new(_file, options.LineBytesMax);
            var head = _lines.ReadHead();
            RefuseUnreadableHead(head);
            if (_file.IsCompressed)
                Quality.Notes.Add("gzip");
            _layout = Recognise(head);
            _rows = new(path, _layout);
            var stamp = options.Stamp ?? (_layout.IsNamedClose ? BarStamp.Close : BarStamp.Start);
            _hours = new(stamp);
            ScanStamps(head);
            _hours.Decide(options, Symbol, _layout.Time.Kind == TimeKind.Date && !_layout.Roles.Contains(ColumnRole.TimeOfDay), Quality.Notes);
            Quality.Notes.Add($"gaps: {options.GapPolicy.ToString().ToLowerInvariant()}; duplicates: {Words(options.DuplicatePolicy)}");
            _count = new(Quality, _hours.StepUs);
            _last = new double[_rows.Values.Length];
            _waiting = new double[_rows.Values.Length];
            _fromUs = options.From is { } from ? EventTime.FromDateTime(Utc(from)) : long.MinValue;
            _toUs = options.To is { } to ? EventTime.FromDateTime(Utc(to)) : long.MaxValue;
            while (_lines.Line < _layout.LinesBefore)
                _lines.TryRead(out _);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public string Symbol { get; }

    public DataQuality Quality { get; } = new();

    public IReadOnlyList<string> ExtraColumns => _layout.Extras;

    public AssetClass AssetClass => _hours.AssetClass;

    public long StepUs => _hours.StepUs;

    public double Progress => _ended ? 1 : _file.Progress;

    /// <summary>Bars that a gap policy put in.</summary>
    public long FilledBars { get; private set; }

    /// <summary>What the last <see cref="ReadStatus.Problem"/> or an early <see cref="ReadStatus.End"/> was about.</summary>
    public FeedProblem? Problem { get; private set; }

    public ReadStatus Read(out Bar bar, Span<double> extras)
    {
        if (extras.Length > 0 && extras.Length < _layout.Extras.Length)
            throw new ArgumentException($"There are {_layout.Extras.Length} further columns and room for {extras.Length}.", nameof(extras));
        if (_isWaiting)
            return ReadWaiting(out bar, extras);
        bar = default;
        if (_ended)
            return ReadStatus.End;
        Problem = null;
        while (_lines.TryRead(out var line))
        {
            if (!_rows.TryRead(line))
            {
                if (IsBlank(line))
                    continue;
                Problem = _rows.Problem(line, _lines.Line);
                return ReadStatus.Problem;
            }
            var values = _rows.Values;
            if (!BarRules.Holds(values))
            {
                Problem = BarRules.Problem(Path, _lines.Line, _layout, values);
                return ReadStatus.Problem;
            }
            var stampUs = _rows.StampUs;
            if (stampUs <= _lastStampUs)
            {
                if (stampUs == _lastStampUs && IsDropped(values))
                {
                    Quality.DuplicatesDropped++;
                    continue;
                }
                Problem = OrderProblem(stampUs);
                return ReadStatus.Problem;
            }
            var closeUs = _hours.CloseTimeUs(stampUs);
            if (closeUs <= _lastCloseUs)
            {
                Problem = new(Path, _lines.Line, "", Time(stampUs), $"lies within the bar before, which closes at {Time(_lastCloseUs)}", "give every bar its own span, or tell the length of a bar with step_us");
                return ReadStatus.Problem;
            }
            var startUs = _hours.StartUs(stampUs);
            if (startUs >= _toUs)
                break;
            var isAfterGap = _handedOutUs != long.MinValue && stampUs - _handedOutUs > StepUs;
            if (isAfterGap && _options.GapPolicy == GapPolicy.Refuse)
            {
                Problem = new(Path, _lines.Line, "", Time(stampUs), $"comes {(stampUs - _handedOutUs + StepUs / 2) / StepUs} bars after the bar before it ({Time(_handedOutUs)})", "complete the data, or allow gaps with gap_policy keep");
                (_lastStampUs, _lastCloseUs, _handedOutUs) = (stampUs, closeUs, stampUs);
                return ReadStatus.Problem;
            }
            var gapUs = _handedOutUs;
            values.CopyTo(_last);
            (_lastStampUs, _lastCloseUs) = (stampUs, closeUs);
            _goodRows++;
            if (startUs < _fromUs)
                continue;
            _handedOutUs = stampUs;
            bar = new(closeUs, values[ColumnRole.Open], values[ColumnRole.High], values[ColumnRole.Low], values[ColumnRole.Close], values[ColumnRole.Volume] + 0.0);
            if (isAfterGap && _options.GapPolicy == GapPolicy.Fill && Fills(gapUs, stampUs) is var fills and > 0)
            {
                (_isWaiting, _waitingBar, _waitingStampUs, _fillsLeft) = (true, bar, stampUs, fills);
                values.CopyTo(_waiting);
                return ReadWaiting(out bar, extras);
            }
            HandOut(bar, stampUs, values, extras);
            return ReadStatus.Bar;
        }
        return End();
    }

    public void Dispose() => _file.Dispose();

    private void HandOut(in Bar bar, long stampUs, ReadOnlySpan<double> values, Span<double> extras)
    {
        _count.Add(bar, stampUs);
        _hash.Add(bar);
        _fillPrice = bar.Close;
        if (values.Length == ColumnRole.FirstExtra)
            return;
        foreach (var value in values[ColumnRole.FirstExtra..])
        {
            _hash.Add(value);
            if (double.IsNaN(value))
                Quality.MissingExtras++;
        }
        if (extras.Length > 0)
            values[ColumnRole.FirstExtra..].CopyTo(extras);
    }

    private ReadStatus ReadWaiting(out Bar bar, Span<double> extras)
    {
        if (_fillsLeft == 0)
        {
            _isWaiting = false;
            bar = _waitingBar;
            HandOut(bar, _waitingStampUs, _waiting, extras);
            return ReadStatus.Bar;
        }
        bar = new(_hours.CloseTimeUs(_waitingStampUs - _fillsLeft * StepUs), _fillPrice, _fillPrice, _fillPrice, _fillPrice, 0);
        _fillsLeft--;
        FilledBars++;
        _count.AddFilled();
        _hash.Add(bar);
        for (var i = 0; i < _layout.Extras.Length; i++)
            _hash.Add(double.NaN);
        Quality.MissingExtras += _layout.Extras.Length;
        extras[..Math.Min(extras.Length, _layout.Extras.Length)].Fill(double.NaN);
        return ReadStatus.Bar;
    }

    private long Fills(long fromUs, long toUs)
    {
        var distance = toUs - fromUs;
        // Bars are put in only where they fit exactly; an irregular stamp has no place for one.
        return distance % StepUs == 0 && distance / StepUs - 1 <= _options.GapFillBarsMax ? distance / StepUs - 1 : 0;
    }

    private ReadStatus End()
    {
        _ended = true;
        if (_lines.Failure is { } failure)
        {
            var good = $"{_goodRows} good bar{(_goodRows == 1 ? " comes" : "s come")} before";
            Problem = failure with { What = $"{failure.What}; {good}", Line = failure.Line > 0 ? failure.Line : _lines.Line };
            return ReadStatus.End;
        }
        if (Quality.Bars == 0 && _goodRows > 0)
            Problem = new(Path, 0, "", "", $"none of the bars starts between {(_options.From is null ? "the beginning" : Time(_fromUs))} and {(_options.To is null ? "the end" : Time(_toUs))}", "choose another span");
        if (FilledBars > 0)
            Quality.Notes.Add($"{FilledBars} bars were put into gaps: flat, at the last close, without volume");
        Quality.DataHash = _hash.ToString();
        return ReadStatus.End;
    }

    private bool IsDropped(ReadOnlySpan<double> values) => _options.DuplicatePolicy switch
    {
        DuplicatePolicy.KeepFirst => true,
        DuplicatePolicy.DropIdentical => values[..ColumnRole.FirstExtra].SequenceEqual(_last.AsSpan(0, ColumnRole.FirstExtra)),
        _ => false,
    };

    private FeedProblem OrderProblem(long stampUs)
    {
        var column = _layout.Names[Array.FindIndex(_layout.Roles, role => role is ColumnRole.Time or ColumnRole.Date)];
        if (stampUs < _lastStampUs)
        {
            var remedy = _goodRows == 1 ? "sort the file, oldest bar first" : "sort the file, oldest bar first, or remove the row";
            return new(Path, _lines.Line, column, Time(stampUs), $"is before the bar before it, {Time(_lastStampUs)}", remedy);
        }
        var what = _options.DuplicatePolicy == DuplicatePolicy.Refuse ? "comes twice" : "comes twice, with different values";
        return new(Path, _lines.Line, column, Time(stampUs), what, "remove the wrong row, or keep the first with duplicate_policy keep-first");
    }

    private void ScanStamps(ReadOnlySpan<byte> head)
    {
        // Only the stamps of the head are looked at before their turn, for the length of a bar and the hours of the market.
        for (long number = 1; head.IndexOf((byte)'\n') is var length and >= 0; number++)
        {
            var line = head[..length].TrimEnd((byte)'\r');
            head = head[(length + 1)..];
            if (number > _layout.LinesBefore && line.Length > 0 && _rows.TryReadStamp(line))
                _hours.Add(_rows.StampUs);
        }
    }

    private void RefuseUnreadableHead(ReadOnlySpan<byte> head)
    {
        // A first line that does not end within the limit, or data that cannot be decompressed at all.
        if (head.Contains((byte)'\n') || (_lines.Failure is null && head.Length <= _options.LineBytesMax))
            return;
        _lines.TryRead(out _);
        if (_lines.Failure is { } failure)
            throw new FeedException(failure with { What = $"{failure.What}; no bar comes before" });
    }

    private CsvLayout Recognise(ReadOnlySpan<byte> head)
    {
        try
        {
            return CsvHead.Recognise(Path, head, _options, Quality.Notes);
        }
        catch (FeedException e) when (_lines.Failure is { } failure)
        {
            // Too little could be read to make sense of it: that is the problem, not the sense.
            throw new FeedException(failure with { What = $"{failure.What}; no bar comes before" }, e);
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => CsvNumber.Trimmed(line).Length == 0;

    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;

    private static string Time(long timeUs) => EventTime.ToDateTime(timeUs).ToString(timeUs % EventTime.SecondUs == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Words(DuplicatePolicy policy) => policy switch
    {
        DuplicatePolicy.DropIdentical => "identical ones dropped, others refused",
        DuplicatePolicy.KeepFirst => "the first kept",
        _ => "refused",
    };

    private static string SymbolOf(string path)
    {
        var name = System.IO.Path.GetFileName(path).TrimStart('_', '.');
        var end = name.AsSpan().IndexOfAny('_', '.');
        return end switch
        {
            0 => "data",
            > 0 => name[..end],
            _ => name.Length > 0 ? name : "data",
        };
    }
}
