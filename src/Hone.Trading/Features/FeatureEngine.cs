using System.Numerics;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Market;

namespace Hone.Trading.Features;

/// <summary>
/// Turns bars into the feature vector, one bar at a time: a value depends on this bar and the ones before, and on nothing else.
/// </summary>
/// <remarks>
/// Two orders: <see cref="Schema"/> is everything that is computed (what agents may look at), <see cref="SelectedSchema"/> is what the
/// panel sees. A value that does not exist is NaN; so is one that a block made infinite. No allocation after construction.
/// </remarks>
public sealed class FeatureEngine : ISaved
{
    /// <summary>Prices outside <see cref="PriceMin"/>…PriceMax make a bar unusable; within them no sum or square overflows.</summary>
    public const double PriceMax = 1e30;

    /// <summary>Lowest price of a usable bar.</summary>
    public const double PriceMin = 1e-30;

    /// <summary>Highest volume of a usable bar.</summary>
    public const double VolumeMax = 1e60;

    private readonly Block[] _blocks;
    private readonly double[] _values;
    private readonly ulong[] _ready, _everReady;
    private readonly long[] _missing;
    private readonly int[] _warmUps;
    // Positions of the selected features; null when they are the whole vector in its order.
    private readonly int[]? _selection;

    /// <summary>An engine of the catalog's blocks.</summary>
    /// <param name="catalog">Where the blocks come from.</param>
    /// <param name="context">Distance of two bars and names of the extra columns.</param>
    /// <param name="selected">Names of the features that the panel sees, in its order; null for all.</param>
    /// <param name="isSelectedOnly">Whether blocks without a selected feature are left out; agents then cannot look at them.</param>
    /// <exception cref="InvalidOptionsException">A name is unknown or named twice, nothing is selected, or a block cannot be built for this context.</exception>
    public FeatureEngine(TradingCatalog catalog, FeatureContext context, IReadOnlyList<string>? selected = null, bool isSelectedOnly = false)
    {
        var blocks = new List<Block>();
        var features = new List<FeatureInfo>();
        foreach (var entry in catalog.Features)
        {
            var block = entry.Create(context);
            if (isSelectedOnly && selected is not null && !block.Features.Any(f => selected.Contains(f.Name)))
                continue;
            blocks.Add(new(entry.Name, entry.StateFormat, block, features.Count, block.Features.Count));
            features.AddRange(block.Features);
        }
        Schema = NewSchema(features);
        if (selected is { Count: 0 })
            throw new InvalidOptionsException("No feature is selected. Name at least one, or leave the list out for all.");
        var positions = selected?.Select(Schema.IndexOf).ToArray();
        SelectedSchema = positions is null ? Schema : NewSchema([.. positions.Select(p => features[p])]);
        _selection = positions is null || positions.SequenceEqual(Enumerable.Range(0, features.Count)) ? null : positions;
        _blocks = [.. blocks];
        _values = new double[features.Count];
        Array.Fill(_values, double.NaN);
        _ready = new ulong[(features.Count + 63) / 64];
        _everReady = new ulong[_ready.Length];
        _missing = new long[features.Count];
        _warmUps = [.. features.Select(f => f.WarmUpBars)];
        WarmUpBars = SelectedSchema.Features.Max(f => f.WarmUpBars);
    }

    /// <summary>Everything that is computed, in the order of <see cref="Values"/>.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>What the panel sees, in the order of <see cref="Selected"/>.</summary>
    public FeatureSchema SelectedSchema { get; }

    /// <summary>All values after the last bar; NaN where one does not exist.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>One bit per feature of <see cref="Schema"/>, lowest first: whether its value exists.</summary>
    public ReadOnlySpan<ulong> ReadyMask => _ready;

    /// <summary>Bars taken into the features.</summary>
    public long Bars { get; private set; }

    /// <summary>Bars with a price or volume that is no number, not positive or beyond the limits: they have no features and leave no trace in later ones.</summary>
    public long UnusableBars { get; private set; }

    /// <summary>Bars that the slowest selected feature needs.</summary>
    public int WarmUpBars { get; }

    /// <summary>Whether every selected feature has had its warm-up. A value may still be NaN where the market gives none.</summary>
    public bool IsReady => Bars >= WarmUpBars;

    /// <summary>Per feature of <see cref="Schema"/>: bars after its warm-up on which it had no value.</summary>
    public ReadOnlySpan<long> MissingBars => _missing;

    /// <summary>Features that are past their warm-up and never had a value: volume features in a market without volume.</summary>
    public IReadOnlyList<string> NeverReady
    {
        get
        {
            var names = new List<string>();
            for (var i = 0; i < _warmUps.Length; i++)
                if (Bars > _warmUps[i] && (_everReady[i >> 6] >> i & 1) == 0)
                    names.Add(Schema.Features[i].Name);
            return names;
        }
    }

    /// <summary>Takes the next bar and computes every value.</summary>
    /// <param name="bar">The bar, later than the one before.</param>
    /// <param name="extras">Its extra columns in the order of the context.</param>
    public void Update(in Bar bar, ReadOnlySpan<double> extras)
    {
        var values = _values.AsSpan();
        if (!IsUsable(bar))
        {
            UnusableBars++;
            values.Fill(double.NaN);
            Check(values);
            return;
        }
        foreach (ref readonly var block in _blocks.AsSpan())
            block.Features.Update(bar, extras, values.Slice(block.Offset, block.Count));
        Bars++;
        Check(values);
    }

    // One NaN in an average stays for ever, and so would an overflow: neither may get in.
    private static bool IsUsable(in Bar bar)
        => IsPrice(bar.Open) && IsPrice(bar.High) && IsPrice(bar.Low) && IsPrice(bar.Close) && bar.Volume >= 0 && bar.Volume <= VolumeMax;

    private static bool IsPrice(double value) => value >= PriceMin && value <= PriceMax;

    private void Check(Span<double> values)
    {
        for (var word = 0; word < _ready.Length; word++)
        {
            var some = values.Slice(word * 64, Math.Min(64, values.Length - word * 64));
            var bits = 0UL;
            for (var i = 0; i < some.Length; i++)
                bits |= (double.IsFinite(some[i]) ? 1UL : 0UL) << i;
            _ready[word] = bits;
            _everReady[word] |= bits;
            for (var gone = ~bits & (ulong.MaxValue >> (64 - some.Length)); gone != 0; gone &= gone - 1)
            {
                var i = BitOperations.TrailingZeroCount(gone);
                some[i] = double.NaN;
                if (Bars >= _warmUps[word * 64 + i])
                    _missing[word * 64 + i]++;
            }
        }
    }

    /// <summary>The selected values: the vector itself where everything is selected in its order, else a copy in <paramref name="room"/>.</summary>
    /// <param name="room">Room for as many values as <see cref="SelectedSchema"/> has.</param>
    public ReadOnlySpan<double> Selected(Span<double> room)
    {
        if (_selection is null)
            return _values;
        var chosen = room[.._selection.Length];
        for (var i = 0; i < chosen.Length; i++)
            chosen[i] = _values[_selection[i]];
        return chosen;
    }

    /// <summary>A whole history at once, block by block: the same bits as the stream, at about the same cost.</summary>
    /// <param name="catalog">Where the blocks come from.</param>
    /// <param name="context">Distance of two bars and names of the extra columns.</param>
    /// <param name="bars">Bars in order of time.</param>
    /// <param name="extras">Their extra columns, row by row; empty where the context names none.</param>
    /// <param name="selected">Names of the features wanted, in order; null for all.</param>
    /// <exception cref="InvalidOptionsException">As for the constructor.</exception>
    /// <exception cref="ArgumentException">The extra columns do not fit the bars, or the table would be longer than an array can be.</exception>
    public static FeatureTable Batch(
        TradingCatalog catalog, FeatureContext context, ReadOnlySpan<Bar> bars, ReadOnlySpan<double> extras = default, IReadOnlyList<string>? selected = null)
    {
        var columns = context.ExtraColumns.Count;
        if (extras.Length != (long)columns * bars.Length)
            throw new ArgumentException($"{bars.Length} bars with {columns} extra columns need {(long)columns * bars.Length} numbers; there are {extras.Length}.", nameof(extras));
        var engine = new FeatureEngine(catalog, context, selected, isSelectedOnly: true);
        var table = new FeatureTable(engine.SelectedSchema, bars.Length);
        // Where a computed feature goes in the table's row; −1 for one that only keeps another company.
        var targets = new int[engine._values.Length];
        Array.Fill(targets, -1);
        for (var i = 0; i < table.Columns; i++)
            targets[engine._selection?[i] ?? i] = i;
        foreach (var block in engine._blocks)
        {
            var values = new double[block.Count];
            var target = targets.AsSpan(block.Offset, block.Count);
            for (var t = 0; t < bars.Length; t++)
            {
                if (IsUsable(bars[t]))
                    block.Features.Update(bars[t], extras.Slice(t * columns, columns), values);
                else
                    Array.Fill(values, double.NaN);
                var row = table.WritableRow(t);
                for (var i = 0; i < values.Length; i++)
                    if (target[i] >= 0)
                        row[target[i]] = double.IsFinite(values[i]) ? values[i] : double.NaN;
            }
        }
        return table;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("feature-engine", 1);
        writer.Write(Schema.Hash);
        writer.Write(Bars);
        writer.Write(UnusableBars);
        writer.Write(_values);
        writer.Write(_missing);
        foreach (var word in _everReady)
            writer.Write(word);
        foreach (var block in _blocks)
        {
            writer.Section(block.Name, block.StateFormat);
            block.Features.Save(writer);
        }
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section("feature-engine", 1);
        var hash = reader.ReadString();
        if (hash != Schema.Hash)
            throw new CorruptStateException($"The state belongs to the feature schema {hash}; this engine computes {Schema.Hash}.");
        Bars = reader.ReadInt64();
        UnusableBars = reader.ReadInt64();
        if (Bars < 0 || UnusableBars < 0 || Bars > long.MaxValue - UnusableBars)
            throw new CorruptStateException($"The state says that it has seen {Bars} bars and {UnusableBars} unusable ones.");
        reader.Read(_values);
        reader.Read(_missing);
        foreach (var missing in _missing)
            if (missing < 0 || missing > Bars + UnusableBars)
                throw new CorruptStateException($"The state says that a feature was missing on {missing} of {Bars + UnusableBars} bars.");
        for (var word = 0; word < _ready.Length; word++)
        {
            _everReady[word] = reader.ReadUInt64();
            _ready[word] = 0;
        }
        for (var i = 0; i < _values.Length; i++)
        {
            if (double.IsInfinity(_values[i]))
                throw new CorruptStateException($"The feature '{Schema.Features[i].Name}' is infinite.");
            _ready[i >> 6] |= (double.IsNaN(_values[i]) ? 0UL : 1UL) << i;
        }
        for (var word = 0; word < _ready.Length; word++)
            if ((_ready[word] & ~_everReady[word]) != 0 || (word == _ready.Length - 1 && (_values.Length & 63) != 0 && _everReady[word] >> _values.Length != 0))
                throw new CorruptStateException("The features that ever had a value do not fit the ones that have one.");
        foreach (var block in _blocks)
        {
            reader.Section(block.Name, block.StateFormat);
            block.Features.Load(reader);
        }
    }

    private static FeatureSchema NewSchema(IReadOnlyList<FeatureInfo> features)
    {
        try
        {
            return new(features);
        }
        catch (ArgumentException e)
        {
            throw new InvalidOptionsException(e.Message);
        }
    }

    private readonly record struct Block(string Name, int StateFormat, IFeatureBlock Features, int Offset, int Count);
}
