using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Drift;

/// <summary>
/// Tests whether one feature still has the distribution it had: the first values become the reference, and each window after it is
/// compared with them. Takes any finite value; NaN is missing, skipped and counted.
/// </summary>
/// <remarks>
/// <para>Books compare such distances with limits for independent values, or with folk limits. Market features depend on their own past: with an autocorrelation of 0.95
/// a window of 500 values holds 13 independent ones, and every window is far from the reference. Here each reference brings its own limit: windows and references
/// are drawn from it in blocks of consecutive values (circular block bootstrap: Künsch, Annals of Statistics 17, 1989; Politis, Romano 1992) whose length follows from its
/// autocorrelation (<c>BlockLength</c>), and the squared distance (for indices that are quadratic already, the index) is fitted by a scaled Fisher variable
/// whose second degrees of freedom are the number of blocks: a reference that depends on its past knows its own limit badly.</para>
/// <para>Give it returns, ratios and oscillators, not levels, which have no distribution to stay in.</para>
/// <para>Measured at the defaults, which aim at 0.05 false alarms per 10,000 values, over two million quiet values of each kind: independent 0.02 to 0.04, autoregressive
/// with φ 0.95 0.02 to 0.04; clustering volatility (GARCH 0.08, 0.90) Kolmogorov–Smirnov 0.06, the indices 0.13, Wasserstein 0.17, because a reference does not
/// show the bursts that are still to come: divide such features by their volatility first. A shift by half a standard deviation of independent values is reported
/// after 720 (Wasserstein) to 900 values, in all of 100 streams.</para>
/// <para>All memory is taken at construction. The value that fills the reference sorts it and measures its dependence (some 0.3 ms at the defaults); then one bootstrap window is
/// drawn per value (4 to 8 µs), during which nothing is tested. A test sorts its window: some 50 ns per value.</para>
/// </remarks>
public sealed class WindowTest : IDriftDetector
{
    // Bins in which the dependence of the values on their past is looked at.
    private const int DependenceBins = 10;

    private readonly string _name;
    private readonly WindowTestOptions _options;
    private readonly SampleDistance _distance;
    private readonly ulong _seed;
    private readonly double[] _reference;
    private readonly double[] _window;
    private readonly double[] _sorted;
    private readonly double[] _edges = new double[QuantileEdges.Slots];
    private readonly int[] _cells;
    private readonly int[] _drawnWindow;
    private readonly int[] _drawnReference;
    private readonly BlockLength _blockLength;

    private Stage _stage;
    private int _filled;
    private int _drawn;
    private ulong _references;
    private Welford _moments;
    private DistanceNull _null;
    private int _block;
    private double _missed;
    private double _limit;
    private double _warningLimit;
    private double _previous;
    private DriftLevel _level;

    private enum Stage
    {
        Collecting = 0,
        Drawing = 1,
        Watching = 2,
    }

    private WindowTest(string name, WindowTestOptions options, SampleDistance distance, ulong seed)
    {
        Hone.Learning.Options.Validated(name, options);
        if (options.ReferenceRows < 2 * options.TestRows)
            throw new InvalidOptionsException($"{name}: reference_rows is {options.ReferenceRows}; it must be at least twice test_rows, {options.TestRows}.");
        if (!Enum.IsDefined(options.AfterDrift))
            throw new InvalidOptionsException($"{name}: after_drift {options.AfterDrift} does not exist.");
        (_name, _options, _distance, _seed) = (name, options, distance, seed);
        _reference = new double[options.ReferenceRows];
        _sorted = new double[options.ReferenceRows];
        _cells = new int[options.ReferenceRows];
        _window = new double[options.TestRows];
        _drawnWindow = new int[options.ReferenceRows];
        _drawnReference = new int[options.ReferenceRows];
        _blockLength = new(options.ReferenceRows, options.TestRows, DependenceBins);
        Reset();
    }

    /// <summary>Population stability index: Σ (p − q)·ln(p/q) over bins of equal mass in the reference.</summary>
    public static WindowTest Psi(PsiOptions options, ulong seed) => new("psi", options, new PsiDistance(options.Bins, options.TestRows, options.ReferenceRows), seed);

    /// <summary>Jensen–Shannon divergence of the same histograms, in nats.</summary>
    public static WindowTest JensenShannon(JensenShannonOptions options, ulong seed) => new("jensen-shannon", options, new JensenShannonDistance(options.Bins, options.TestRows, options.ReferenceRows), seed);

    /// <summary>Kolmogorov–Smirnov distance: largest difference of the two distribution functions. Sees shifts better than changes of scale.</summary>
    public static WindowTest KolmogorovSmirnov(KolmogorovSmirnovOptions options, ulong seed) => new("kolmogorov-smirnov", options, new KolmogorovSmirnovDistance(options.ReferenceRows), seed);

    /// <summary>Wasserstein distance: the area between the two distribution functions, in the feature's unit.</summary>
    public static WindowTest Wasserstein(WassersteinOptions options, ulong seed) => new("wasserstein", options, new WassersteinDistance(options.ReferenceRows), seed);

    /// <inheritdoc/>
    /// <remarks>Distance of the last window; of the nearer one of the last two where confirmation is asked for.</remarks>
    public double Statistic { get; private set; }

    /// <inheritdoc/>
    public double Threshold { get; private set; }

    /// <summary>Distance of the last window.</summary>
    public double Distance => _previous;

    /// <summary>Whether there is a reference to test against.</summary>
    public bool Ready => _stage == Stage.Watching;

    /// <summary>Missing values so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>Windows tested.</summary>
    public long Tests { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite or above 1e100 in magnitude.</exception>
    public DriftLevel Update(double value)
    {
        if (!double.IsNaN(value))
            DriftInput.RequireFinite(value);
        if (_level == DriftLevel.Drift)
            AfterDrift();
        if (double.IsNaN(value))
        {
            Skipped++;
            return _level;
        }
        switch (_stage)
        {
            case Stage.Collecting:
                _reference[_filled] = value;
                if (++_filled == _reference.Length)
                {
                    _stage = Stage.Drawing;
                    _drawn = 0;
                    _moments = default;
                    Prepare();
                }
                break;
            case Stage.Drawing:
                Draw();
                if (++_drawn == _options.BootstrapDraws)
                    Watch();
                break;
            default:
                _window[_filled] = value;
                if (++_filled == _window.Length)
                    Test();
                break;
        }
        return _level;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _references = 0;
        Skipped = 0;
        Tests = 0;
        Collect();
    }

    private void AfterDrift()
    {
        if (_options.AfterDrift == InputDriftReference.Rebase)
            Collect();
        else
            Quiet();
    }

    private void Collect()
    {
        _stage = Stage.Collecting;
        _filled = 0;
        _drawn = 0;
        _moments = default;
        _null = default;
        Quiet();
    }

    private void Quiet()
    {
        _previous = 0;
        _level = DriftLevel.None;
        Statistic = 0;
        Threshold = double.PositiveInfinity;
    }

    /// <summary>What follows from the reference alone.</summary>
    private void Prepare()
    {
        _reference.CopyTo(_sorted, 0);
        _sorted.AsSpan().Sort();
        QuantileEdges.Set(_sorted, _edges, DependenceBins);
        (_block, _missed) = _blockLength.Of(_reference, _edges);
        _distance.Fit(_sorted);
        for (var i = 0; i < _cells.Length; i++)
            _cells[i] = _distance.Cell(_reference[i]);
    }

    private void Draw()
    {
        // The stream depends on which draw of which reference this is, not on how many numbers others took.
        var random = new Rng(_seed, _name, (_references << 40) + ((ulong)_drawn << 20));
        var window = _drawnWindow.AsSpan(0, _distance.Cells);
        var reference = _drawnReference.AsSpan(0, _distance.Cells);
        Draw(ref random, window, _window.Length);
        Draw(ref random, reference, _reference.Length);
        var distance = _distance.OfDraw(window, reference);
        _moments.Add(_distance.IsRoot ? distance * distance : distance);
    }

    private void Draw(ref Rng random, Span<int> counts, int rows)
    {
        counts.Clear();
        for (var left = rows; left > 0; left -= _block)
        {
            var at = random.NextInt32(_cells.Length);
            for (var i = Math.Min(_block, left); i > 0; i--)
            {
                counts[_cells[at]]++;
                at = at + 1 == _cells.Length ? 0 : at + 1;
            }
        }
    }

    private void Watch()
    {
        var mean = Math.Max(_moments.Mean / (1 - _missed), _distance.IndependentMean(_window.Length, _reference.Length));
        var degrees = _moments.Variance > 0 ? 2 * _moments.Mean * _moments.Mean / _moments.Variance : 1;

        // The square of a largest difference has a longer tail than the variable with its two moments: one degree less fits it from 0.05 to 0.001.
        _null = new(Math.Max(mean, double.Epsilon), Math.Clamp(_distance.IsRoot ? degrees - 1 : degrees, 1, 100), Math.Max(3, (double)_reference.Length / _block));
        SetLimits();
        _references++;
        _stage = Stage.Watching;
        _filled = 0;
        _previous = 0;
    }

    private void SetLimits()
    {
        var level = Math.Min(0.5, _options.Alpha * _window.Length);
        _limit = At(_options.Confirm ? Math.Sqrt(level) : level);
        _warningLimit = _options.Confirm ? _limit : At(Math.Min(0.5, 10 * level));

        double At(double probability)
        {
            var index = _null.IndexAt(probability);
            // A reference of one value: any other is another distribution.
            return Math.Max(_distance.IsRoot ? Math.Sqrt(index) : index, double.Epsilon);
        }
    }

    private void Test()
    {
        var sorted = _sorted.AsSpan(0, _window.Length);
        _window.CopyTo(sorted);
        sorted.Sort();
        var distance = _distance.OfWindow(sorted);
        Statistic = _options.Confirm ? Math.Min(distance, _previous) : distance;
        Threshold = _limit;
        _level = Statistic >= _limit ? DriftLevel.Drift : distance >= _warningLimit ? DriftLevel.Warning : DriftLevel.None;
        _previous = distance;
        _filled = 0;
        Tests++;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(_name, 1);
        writer.Write((int)_stage);
        writer.Write(_filled);
        writer.Write(_drawn);
        writer.Write(_references);
        writer.Write(Skipped);
        writer.Write(Tests);
        writer.Write(_reference.AsSpan(0, _stage == Stage.Collecting ? _filled : _reference.Length));
        if (_stage == Stage.Watching)
            writer.Write(_window.AsSpan(0, _filled));
        _moments.Save(writer);
        writer.Write(_null.Mean);
        writer.Write(_null.Degrees);
        writer.Write(_null.MeanDegrees);
        writer.Write(_previous);
        writer.Write((int)_level);
        writer.Write(Statistic);
        writer.Write(Threshold);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(_name, 1);
        _stage = (Stage)reader.ReadInt32(0, (int)Stage.Watching);
        _filled = _stage switch
        {
            Stage.Collecting => reader.ReadInt32(0, _reference.Length - 1),
            Stage.Drawing => reader.ReadInt32(_reference.Length, _reference.Length),
            _ => reader.ReadInt32(0, _window.Length - 1),
        };
        _drawn = _stage switch
        {
            Stage.Collecting => reader.ReadInt32(0, 0),
            Stage.Drawing => reader.ReadInt32(0, _options.BootstrapDraws - 1),
            _ => reader.ReadInt32(_options.BootstrapDraws, _options.BootstrapDraws),
        };
        _references = reader.ReadUInt64();
        Skipped = reader.ReadInt64();
        Tests = reader.ReadInt64();
        if (_references > 1UL << 23 || Skipped < 0 || Tests < 0)
            throw new CorruptStateException($"{_name}: {_references} references, {Skipped} missing values and {Tests} tests are impossible.");
        reader.ReadWithin(_reference.AsSpan(0, _stage == Stage.Collecting ? _filled : _reference.Length), -DriftInput.MagnitudeMax, DriftInput.MagnitudeMax);
        if (_stage == Stage.Watching)
            reader.ReadWithin(_window.AsSpan(0, _filled), -DriftInput.MagnitudeMax, DriftInput.MagnitudeMax);
        _moments = Welford.Load(reader);
        _null = new(reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite());
        _previous = reader.ReadWithin(0, double.MaxValue);
        _level = (DriftLevel)reader.ReadInt32(0, (int)DriftLevel.Drift);
        Statistic = reader.ReadWithin(0, double.MaxValue);
        Threshold = reader.ReadDouble();
        if (!(Threshold > 0) || (_stage != Stage.Watching && _level != DriftLevel.None))
            throw new CorruptStateException($"{_name}: the level {_level} does not go with the threshold {Threshold}.");
        if (_stage != Stage.Collecting)
            Prepare();
        if (_stage != Stage.Watching)
            return;
        if (_null is not { Mean: > 0 and < 1e201, Degrees: >= 1 and <= 100, MeanDegrees: >= 3 and <= 1e9 })
            throw new CorruptStateException($"{_name}: {_null} is no distribution of an index.");
        SetLimits();
    }
}
