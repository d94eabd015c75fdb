using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Performance;

/// <summary>What kind of attempt it was.</summary>
public enum TrialKind
{
    /// <summary>A fit of a model.</summary>
    Fit,

    /// <summary>One point of a search over options.</summary>
    SearchStep,

    /// <summary>A challenger that ran beside the champion.</summary>
    Challenger,

    /// <summary>A member of the panel.</summary>
    Member,

    /// <summary>A serving strategy or a rule agent whose result was looked at.</summary>
    Strategy,
}

/// <summary>One attempt.</summary>
/// <param name="Number">Running number from 1.</param>
/// <param name="Kind">What was tried.</param>
/// <param name="Name">Which one, for people.</param>
/// <param name="AtUs">Event time of the attempt.</param>
/// <param name="Sharpe">Its Sharpe ratio per daily return (not annualised); null until it is known.</param>
public readonly record struct Trial(long Number, TrialKind Kind, string Name, long AtUs, double? Sharpe);

/// <summary>
/// Every attempt, counted. The deflated Sharpe ratio and promotions use the count, so there is no way to take an attempt back:
/// nothing here removes, resets or overwrites a count. All members of a panel and all strategies of a run are attempts, whether
/// or not they were picked.
/// </summary>
public sealed class TrialLedger : ISaved
{
    /// <summary>Rows kept with their names; further attempts are still counted, and their Sharpe ratios still enter the variance.</summary>
    public const int RowsMax = 65_536;

    /// <summary>Longest name of an attempt, in characters.</summary>
    public const int NameMax = 200;

    private readonly List<Trial> _rows = [];
    private Welford _beyond;

    /// <summary>Attempts so far.</summary>
    public long Count { get; private set; }

    /// <summary>The first <see cref="RowsMax"/> attempts, in order.</summary>
    public IReadOnlyList<Trial> Rows => _rows;

    /// <summary>Notes an attempt.</summary>
    /// <param name="kind">What was tried.</param>
    /// <param name="name">Which one; cut at <see cref="NameMax"/> characters.</param>
    /// <param name="atUs">Event time.</param>
    /// <param name="sharpe">Its Sharpe ratio per daily return, where already known.</param>
    /// <returns>Its number, for <see cref="Score"/>.</returns>
    public long Record(TrialKind kind, string name, long atUs, double? sharpe = null)
    {
        Validate(sharpe);
        Count++;
        if (_rows.Count < RowsMax)
            _rows.Add(new(Count, kind, name.Length > NameMax ? name[..NameMax] : name, atUs, sharpe));
        else if (sharpe is { } value)
            _beyond.Add(value);
        return Count;
    }

    /// <summary>Notes every member of a panel and every strategy of a run.</summary>
    public void RecordRun(IEnumerable<string> members, IEnumerable<string> strategies, long atUs)
    {
        foreach (var member in members)
            Record(TrialKind.Member, member, atUs);
        foreach (var strategy in strategies)
            Record(TrialKind.Strategy, strategy, atUs);
    }

    /// <summary>Notes how an attempt did, or how it does now; an unknown number is refused. Beyond <see cref="RowsMax"/> only the first score counts, at <see cref="Record"/>.</summary>
    public void Score(long number, double sharpe)
    {
        Validate(sharpe);
        if (number < 1 || number > Count)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"There are {Count} attempts, numbered from 1.");
        if (number <= _rows.Count)
            _rows[(int)number - 1] = _rows[(int)number - 1] with { Sharpe = sharpe };
    }

    /// <summary>Takes over the attempts of another ledger, for instance a parallel job's.</summary>
    public void Append(TrialLedger other)
    {
        if (ReferenceEquals(other, this))
            throw new ArgumentException("A ledger cannot be appended to itself.", nameof(other));
        foreach (var row in other._rows)
            Record(row.Kind, row.Name, row.AtUs, row.Sharpe);
        Count += other.Count - other._rows.Count;
        if (other._beyond.Weight > 0)
            _beyond = Merge(_beyond, other._beyond);
    }

    /// <summary>Sample variance of the Sharpe ratios of all scored attempts (per daily return); null under two.</summary>
    public double? VarianceOfSharpes()
    {
        var all = new Welford();
        foreach (var row in _rows)
        {
            if (row.Sharpe is { } sharpe)
                all.Add(sharpe);
        }
        if (_beyond.Weight > 0)
            all = Merge(all, _beyond);
        return all.Weight >= 2 ? all.Variance * all.Weight / (all.Weight - 1) : null;
    }

    /// <summary>The count (at least 1: the result itself) and the variance, as the statistics want them.</summary>
    public TrialCount Summary() => new(Math.Max(1, Count), VarianceOfSharpes());

    // Two groups in one: equal to having added all values, up to rounding. A value at mean ± deviation twice carries a group's mean and variance.
    private static Welford Merge(Welford left, Welford right)
    {
        left.Add(right.Mean - right.StandardDeviation, right.Weight / 2);
        left.Add(right.Mean + right.StandardDeviation, right.Weight / 2);
        return left;
    }

    private static void Validate(double? sharpe)
    {
        if (sharpe is { } value && !double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(sharpe), value, "A Sharpe ratio is finite or null.");
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("trial-ledger", 1);
        writer.Write(Count);
        writer.Write(_rows.Count);
        foreach (var row in _rows)
        {
            writer.Write((int)row.Kind);
            writer.Write(row.Name);
            writer.Write(row.AtUs);
            writer.Write(row.Sharpe.HasValue);
            writer.Write(row.Sharpe ?? 0);
        }
        _beyond.Save(writer);
    }

    /// <inheritdoc/>
    /// <remarks>Only into an empty ledger: loading over attempts would be a reset.</remarks>
    public void Load(StateReader reader)
    {
        if (Count > 0)
            throw new InvalidOperationException($"This ledger already holds {Count} attempts; load into a new one and append.");
        reader.Section("trial-ledger", 1);
        var count = BoundedArrays.ReadTally(reader);
        var rows = BoundedArrays.ReadCount(reader, RowsMax, 25);
        if (rows != Math.Min(count, RowsMax))
            throw new CorruptStateException($"{count} attempts with {rows} rows do not fit together.");
        for (var i = 0; i < rows; i++)
        {
            var kind = (TrialKind)reader.ReadInt32(0, (int)TrialKind.Strategy);
            var name = reader.ReadString();
            if (name.Length > NameMax)
                throw new CorruptStateException($"The name of attempt {i + 1} has {name.Length} characters; {NameMax} are allowed.");
            var atUs = reader.ReadInt64();
            var scored = reader.ReadBool();
            var sharpe = reader.ReadFinite();
            _rows.Add(new(i + 1, kind, name, atUs, scored ? sharpe : null));
        }
        _beyond = Welford.Load(reader);
        Count = count;
    }
}
