using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>
/// Watches many features at once: whether each still has the distribution it had in the reference rows. The first rows become the
/// reference; after every test window the population stability index of each feature is compared with what it is under no drift.
/// </summary>
/// <remarks>
/// <para>The folk limits of the index (0.1, 0.25) ignore the sample size and the feature's dependence on its own past: with 100
/// independent rows 85 % of quiet windows are over 0.1. Here each feature has its own null distribution, learned from
/// blocks of its reference rows, and the features of one test are judged together (Benjamini, Hochberg, JRSS B 57, 1995), at a level that
/// is a budget per rows, not per test: see <see cref="InputDriftOptions.FdrRows"/>.</para>
/// <para>Give it returns, ratios and oscillators. A price level or a cumulated volume has no distribution to stay in, and is reported as soon as it has
/// wandered off, rightly.</para>
/// <para>A missing value (NaN) is counted in a bin of its own, so a feed that starts or stops delivering a feature is drift of
/// that feature. Infinite values are extreme values.</para>
/// <para>Fitting is spread out: when the reference is full, one feature is fitted per row, and rows are neither tested nor kept meanwhile.
/// The rows of a reference, reference rows / stride × watched features numbers, take their memory while the first one is collected, doubling it now and then. From then on no row
/// allocates.</para>
/// </remarks>
public sealed class InputDriftMonitor : ISaved
{
    private const string SectionName = "input-drift";
    private const int FirstSamples = 64;
    private const int EdgeSlots = QuantileEdges.Slots;

    private readonly InputDriftOptions _options;
    private readonly ulong _seed;
    private readonly int _features;
    private readonly int[] _watched;
    private readonly int _samples;
    private readonly int _window;
    private readonly int _bins;
    private readonly PsiTable _table;

    // What a reference is made with, grown for the first one and kept; a feature's samples side by side.
    private FeatureReference? _fitter;
    private double[] _reference = [];
    private int _room;

    private readonly double[] _edges;
    private readonly int[] _referenceCounts;
    private readonly int[] _counts;
    private readonly DistanceNull[] _nulls;
    private readonly double[] _screens;
    private readonly double[] _thresholds;
    private readonly double[] _candidates;
    private readonly double[] _previous;
    private readonly double[] _combined;
    private readonly FeatureDrift[] _last;

    private Stage _stage;
    private int _untilSample;
    private int _filled;
    private int _fitted;
    private ulong _references;
    private bool _tested;

    private enum Stage
    {
        Collecting = 0,
        Fitting = 1,
        Watching = 2,
    }

    /// <summary>A monitor that has seen nothing.</summary>
    /// <param name="options">The options.</param>
    /// <param name="features">Length of the rows.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <param name="watched">Which features are watched, one flag each; empty means all.</param>
    /// <exception cref="InvalidOptionsException">The row counts do not fit each other.</exception>
    public InputDriftMonitor(InputDriftOptions options, int features, ulong seed, ReadOnlySpan<bool> watched = default)
    {
        Hone.Learning.Options.Validated(SectionName, options);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (!watched.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(watched.Length, features);
        if (options.ReferenceRows % options.TestRows != 0)
            throw new InvalidOptionsException($"input-drift: reference_rows is {options.ReferenceRows}; it must be a multiple of test_rows, {options.TestRows}.");
        if (options.TestRows % options.RowStride != 0 || options.TestRows / options.RowStride < 2 * options.Bins)
            throw new InvalidOptionsException($"input-drift: test_rows is {options.TestRows}; it must be a multiple of row_stride, {options.RowStride}, and leave at least two samples per bin.");
        if (!Enum.IsDefined(options.AfterDrift))
            throw new InvalidOptionsException($"input-drift: after_drift {options.AfterDrift} does not exist.");

        _options = options;
        _seed = seed;
        _features = features;
        _watched = Watched(features, watched);
        _samples = options.ReferenceRows / options.RowStride;
        _window = options.TestRows / options.RowStride;
        _bins = options.Bins;
        _table = new(_window, _samples);

        var width = _bins + 1;
        _edges = new double[EdgeSlots * _watched.Length];
        _referenceCounts = new int[width * _watched.Length];
        _counts = new int[width * _watched.Length];
        _nulls = new DistanceNull[_watched.Length];
        _screens = new double[_watched.Length];
        _thresholds = new double[_watched.Length];
        _candidates = new double[_watched.Length];
        _previous = new double[_watched.Length];
        _combined = new double[_watched.Length];
        _last = new FeatureDrift[_watched.Length];
        Reset();
    }

    /// <summary>What the last test found, one entry per watched feature; empty before the first test.</summary>
    public ReadOnlySpan<FeatureDrift> Last => _tested ? _last : [];

    /// <summary>How many features the last test reported.</summary>
    public int Drifting { get; private set; }

    /// <summary>Whether there is a reference to test against.</summary>
    public bool Ready => _stage == Stage.Watching;

    /// <summary>Tests made.</summary>
    public long Tests { get; private set; }

    /// <summary>Tests that reported at least one feature.</summary>
    public long Alarms { get; private set; }

    /// <summary>Level of the Benjamini–Hochberg procedure at each test.</summary>
    public double TestLevel => Math.Min(0.5, _options.Fdr * _options.TestRows / _options.FdrRows);

    /// <summary>Takes one row.</summary>
    /// <returns>True when this row completed a test; see <see cref="Last"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The row has another length.</exception>
    public bool Add(ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, _features);
        if (_stage == Stage.Fitting)
        {
            FitNext();
            return false;
        }
        if (--_untilSample > 0)
            return false;
        _untilSample = _options.RowStride;

        if (_stage == Stage.Watching)
        {
            Count(x);
            if (++_filled < _window)
                return false;
            Test();
            return true;
        }

        if (_filled == _room)
            Reserve(_filled + 1);
        for (var i = 0; i < _watched.Length; i++)
            _reference[i * _room + _filled] = x[_watched[i]];
        if (++_filled == _samples)
        {
            _stage = Stage.Fitting;
            _fitted = 0;
        }
        return false;
    }

    /// <summary>Forgets everything; the next rows become the reference.</summary>
    public void Reset()
    {
        _references = 0;
        _tested = false;
        Drifting = 0;
        Tests = 0;
        Alarms = 0;
        Collect();
    }

    private static int[] Watched(int features, ReadOnlySpan<bool> flags)
    {
        var indices = new List<int>(features);
        for (var i = 0; i < features; i++)
            if (flags.IsEmpty || flags[i])
                indices.Add(i);
        return [.. indices];
    }

    private void Collect()
    {
        _stage = Stage.Collecting;
        _untilSample = 1;
        _filled = 0;
        _fitted = 0;
    }

    private void Reserve(int samples)
    {
        var room = Math.Min(_samples, Math.Max(FirstSamples, Math.Max(samples, 2 * _room)));
        var reference = new double[room * _watched.Length];
        for (var i = 0; i < _watched.Length; i++)
            _reference.AsSpan(i * _room, Math.Min(_filled, _room)).CopyTo(reference.AsSpan(i * room));
        (_reference, _room) = (reference, room);
    }

    private void FitNext()
    {
        if (_fitted < _watched.Length)
        {
            var i = _fitted++;
            var width = _bins + 1;

            // The stream depends on the feature and on how many references there were, not on how many numbers others drew.
            var random = new Rng(_seed, SectionName, (_references << 40) + ((ulong)i << 24));
            _fitter ??= new FeatureReference(_samples, _window, _bins, _options.BootstrapDraws, _table);
            _nulls[i] = _fitter.Fit(_reference.AsSpan(i * _room, _samples), random, _edges.AsSpan(i * EdgeSlots, EdgeSlots), _referenceCounts.AsSpan(i * width, width));
            SetLimits(i);
        }
        if (_fitted < _watched.Length)
            return;
        _references++;
        _stage = Stage.Watching;
        _untilSample = 1;
        _previous.AsSpan().Fill(1);
        ClearWindow();
    }

    private void SetLimits(int i)
    {
        _screens[i] = _nulls[i].IndexAt(PerWindow(TestLevel));
        _thresholds[i] = _nulls[i].IndexAt(PerWindow(TestLevel / _watched.Length));
    }

    private void ClearWindow()
    {
        _filled = 0;
        Array.Clear(_counts);
    }

    private void Count(ReadOnlySpan<double> x)
    {
        ref var edges = ref MemoryMarshal.GetArrayDataReference(_edges);
        ref var counts = ref MemoryMarshal.GetArrayDataReference(_counts);
        var width = _bins + 1;
        foreach (var feature in _watched)
        {
            // At most bins − 1 edges are finite, the padding is infinite: the count is always a bin.
            var value = x[feature];
            var bin = double.IsNaN(value) ? _bins : BinKernel.CountBelow(value, ref edges);
            Unsafe.Add(ref counts, bin)++;
            edges = ref Unsafe.Add(ref edges, EdgeSlots);
            counts = ref Unsafe.Add(ref counts, width);
        }
    }

    private void Test()
    {
        var width = _bins + 1;
        var candidates = 0;
        for (var i = 0; i < _watched.Length; i++)
        {
            var index = _table.Index(_counts.AsSpan(i * width, width), _referenceCounts.AsSpan(i * width, width));
            _last[i] = new(_watched[i], index, _thresholds[i], false, _nulls[i]);

            // Benjamini–Hochberg never reports a p-value above its level: a feature below the screen needs none.
            var p = index > _screens[i] ? _nulls[i].PValue(index) : 1;
            _combined[i] = Combined(p, _previous[i]);
            _previous[i] = p;
            if (_combined[i] < 1)
                _candidates[candidates++] = _combined[i];
        }

        var limit = -1.0;
        _candidates.AsSpan(0, candidates).Sort();
        for (var k = 1; k <= candidates; k++)
            if (_candidates[k - 1] <= TestLevel * k / _watched.Length)
                limit = _candidates[k - 1];

        Drifting = 0;
        for (var i = 0; i < _watched.Length; i++)
        {
            if (!(_combined[i] <= limit))
                continue;
            _last[i] = new(_watched[i], _last[i].Statistic, _thresholds[i], true, _nulls[i]);
            Drifting++;
        }

        _tested = true;
        Tests++;
        ClearWindow();
        if (Drifting == 0)
            return;
        Alarms++;
        if (_options.AfterDrift == InputDriftReference.Rebase)
            Collect();
    }

    /// <summary>Two windows without drift are below q with probability q² together.</summary>
    private double Combined(double now, double before)
    {
        if (!_options.Confirm)
            return now;
        var larger = Math.Max(now, before);
        return larger * larger;
    }

    /// <summary>What a p-value of the combination asks of one window.</summary>
    private double PerWindow(double level) => _options.Confirm ? Math.Sqrt(level) : level;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        writer.Write(_watched);
        writer.Write((int)_stage);
        writer.Write(_untilSample);
        writer.Write(_filled);
        writer.Write(_fitted);
        writer.Write(_references);
        writer.Write(Tests);
        writer.Write(Alarms);
        writer.Write(_tested);
        var width = _bins + 1;
        if (_stage != Stage.Watching)
            for (var i = 0; i < _watched.Length; i++)
                writer.Write(_reference.AsSpan(i * _room, _filled));
        for (var i = 0; i < Fitted; i++)
        {
            writer.Write(_edges.AsSpan(i * EdgeSlots, _bins - 1));
            writer.Write(_referenceCounts.AsSpan(i * width, width));
            SaveNull(writer, _nulls[i]);
        }
        if (_stage == Stage.Watching)
        {
            writer.Write(_counts);
            writer.Write(_previous);
        }
        if (!_tested)
            return;
        foreach (var drift in _last)
        {
            writer.Write(drift.Statistic);
            writer.Write(drift.Threshold);
            writer.Write(drift.Drifting);
            SaveNull(writer, drift.Null);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        var watched = new int[_watched.Length];
        reader.Read(watched);
        if (!watched.AsSpan().SequenceEqual(_watched))
            throw new CorruptStateException("input-drift: the state watches other features.");
        _stage = (Stage)reader.ReadInt32(0, (int)Stage.Watching);
        _untilSample = reader.ReadInt32(1, _options.RowStride);
        _filled = _stage switch
        {
            Stage.Collecting => reader.ReadInt32(0, _samples - 1),
            Stage.Fitting => reader.ReadInt32(_samples, _samples),
            _ => reader.ReadInt32(0, _window - 1),
        };
        _fitted = _stage == Stage.Watching ? reader.ReadInt32(_watched.Length, _watched.Length) : reader.ReadInt32(0, _stage == Stage.Fitting ? _watched.Length : 0);
        _references = reader.ReadUInt64();
        Tests = reader.ReadInt64();
        Alarms = reader.ReadInt64();
        _tested = reader.ReadBool();
        if (_references > 1UL << 23 || Tests < 0 || Alarms < 0 || Alarms > Tests || _tested != (Tests > 0))
            throw new CorruptStateException($"input-drift: {_references} references, {Tests} tests and {Alarms} alarms are impossible.");

        var width = _bins + 1;
        if (_stage != Stage.Watching)
        {
            if (_filled > _room)
                (_reference, _room) = (new double[_filled * _watched.Length], _filled);
            for (var i = 0; i < _watched.Length; i++)
                reader.Read(_reference.AsSpan(i * _room, _filled));
        }
        for (var i = 0; i < Fitted; i++)
        {
            LoadEdges(reader, _edges.AsSpan(i * EdgeSlots, EdgeSlots));
            LoadCounts(reader, _referenceCounts.AsSpan(i * width, width), _samples);
            _nulls[i] = LoadNull(reader);
            SetLimits(i);
        }
        if (_stage == Stage.Watching)
        {
            reader.Read(_counts);
            reader.Read(_previous);
            for (var i = 0; i < _watched.Length; i++)
            {
                RequireTotal(_counts.AsSpan(i * width, width), _filled);
                if (!(_previous[i] >= 0 && _previous[i] <= 1))
                    throw new CorruptStateException($"input-drift: {_previous[i]} is no p-value.");
            }
        }
        Drifting = 0;
        for (var i = 0; _tested && i < _watched.Length; i++)
        {
            var statistic = reader.ReadFinite();
            var threshold = reader.ReadFinite();
            var drifting = reader.ReadBool();
            _last[i] = new(_watched[i], statistic, threshold, drifting, LoadNull(reader));
            Drifting += drifting ? 1 : 0;
        }
    }

    private int Fitted => _stage == Stage.Collecting ? 0 : _fitted;

    private static void SaveNull(StateWriter writer, in DistanceNull none)
    {
        writer.Write(none.Mean);
        writer.Write(none.Degrees);
        writer.Write(none.MeanDegrees);
    }

    private static DistanceNull LoadNull(StateReader reader)
    {
        var none = new DistanceNull(reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite());
        return none is { Mean: > 0 and < 1e6, Degrees: >= 1 and <= 100, MeanDegrees: >= 1 and <= 1e9 }
            ? none
            : throw new CorruptStateException($"input-drift: {none} is no distribution of an index.");
    }

    private void LoadEdges(StateReader reader, Span<double> edges)
    {
        edges.Fill(double.PositiveInfinity);
        reader.Read(edges[..(_bins - 1)]);
        for (var i = 0; i < _bins - 1; i++)
            if (double.IsNaN(edges[i]) || (i > 0 && edges[i] < edges[i - 1]))
                throw new CorruptStateException("input-drift: bin edges do not rise.");
    }

    private static void LoadCounts(StateReader reader, Span<int> counts, int total)
    {
        reader.Read(counts);
        RequireTotal(counts, total);
    }

    private static void RequireTotal(ReadOnlySpan<int> counts, int total)
    {
        long sum = 0;
        foreach (var count in counts)
        {
            if (count < 0)
                throw new CorruptStateException($"input-drift: a bin has {count} rows.");
            sum += count;
        }
        if (sum != total)
            throw new CorruptStateException($"input-drift: the bins have {sum} rows instead of {total}.");
    }
}
