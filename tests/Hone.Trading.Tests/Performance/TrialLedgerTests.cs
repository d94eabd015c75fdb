using Hone.Learning.State;
using Hone.Trading.Performance;

namespace Hone.Trading.Tests.Performance;

public sealed class TrialLedgerTests
{
    [Fact]
    public void Every_attempt_counts_once()
    {
        var ledger = new TrialLedger();
        Assert.Equal(1, ledger.Record(TrialKind.Fit, "mlp", 5));
        Assert.Equal(2, ledger.Record(TrialKind.Fit, "mlp", 5));
        ledger.RecordRun(["a", "b", "c"], ["ensemble", "best"], 6);
        Assert.Equal(7, ledger.Count);
        Assert.Equal([TrialKind.Member, TrialKind.Member, TrialKind.Member, TrialKind.Strategy, TrialKind.Strategy], ledger.Rows.Skip(2).Select(row => row.Kind));
        Assert.Equal(7, ledger.Summary().Count);
        Assert.Equal(1, new TrialLedger().Summary().Count);
    }

    [Fact]
    public void No_public_member_takes_an_attempt_back()
    {
        var names = typeof(TrialLedger).GetMethods().Select(method => method.Name);
        Assert.DoesNotContain(names, name => name.Contains("Reset") || name.Contains("Clear") || name.Contains("Remove"));
        Assert.False(typeof(TrialLedger).GetProperty(nameof(TrialLedger.Count))!.SetMethod!.IsPublic);
        var ledger = new TrialLedger();
        var empty = Saved.Bytes(ledger);
        ledger.Record(TrialKind.Fit, "a", 1);
        Assert.Throws<InvalidOperationException>(() => ledger.Load(new StateReader(empty)));
        Assert.Equal(1, ledger.Count);
    }

    [Fact]
    public void The_variance_is_that_of_the_scored_attempts()
    {
        var ledger = new TrialLedger();
        Assert.Null(ledger.VarianceOfSharpes());
        var first = ledger.Record(TrialKind.Fit, "a", 1);
        ledger.Record(TrialKind.Fit, "b", 1, 0.3);
        Assert.Null(ledger.VarianceOfSharpes());
        ledger.Record(TrialKind.Fit, "unscored", 1);
        ledger.Score(first, 0.9);
        ledger.Score(first, 0.1);
        Assert.Equal(0.02, ledger.VarianceOfSharpes()!.Value, 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.Score(4, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.Score(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.Record(TrialKind.Fit, "c", 1, double.PositiveInfinity));
    }

    [Fact]
    public void Beyond_its_rows_it_still_counts_and_still_measures()
    {
        var ledger = new TrialLedger();
        for (var i = 0; i < TrialLedger.RowsMax + 1000; i++)
            ledger.Record(TrialKind.SearchStep, "s", i, i % 2 == 0 ? 0.1 : -0.1);
        Assert.Equal(TrialLedger.RowsMax + 1000, ledger.Count);
        Assert.Equal(TrialLedger.RowsMax, ledger.Rows.Count);
        var n = (double)ledger.Count;
        Assert.Equal(0.01 * n / (n - 1), ledger.VarianceOfSharpes()!.Value, 1e-12);

        var other = new TrialLedger();
        other.Record(TrialKind.Fit, "a", 1, 0.5);
        other.Append(ledger);
        Assert.Equal(ledger.Count + 1, other.Count);
        var restored = Saved.Into(Saved.Bytes(other), new TrialLedger());
        Assert.Equal(Saved.Bytes(other), Saved.Bytes(restored));
        Assert.Equal(other.Summary(), restored.Summary());
    }

    [Fact]
    public void Ledgers_of_two_jobs_add_up()
    {
        TrialLedger a = new(), b = new();
        a.Record(TrialKind.Fit, "a", 1, 0.1);
        b.Record(TrialKind.Challenger, "b", 2, 0.3);
        b.Record(TrialKind.Challenger, new string('x', 500), 2);
        a.Append(b);
        Assert.Equal(3, a.Count);
        Assert.Equal(new Trial(2, TrialKind.Challenger, "b", 2, 0.3), a.Rows[1]);
        Assert.Equal(TrialLedger.NameMax, a.Rows[2].Name.Length);
        Assert.Equal(0.02, a.VarianceOfSharpes()!.Value, 1e-15);
        Assert.Throws<ArgumentException>(() => a.Append(a));
    }

    [Fact]
    public void A_saved_ledger_comes_back_and_a_damaged_one_is_refused()
    {
        var ledger = new TrialLedger();
        for (var i = 0; i < 20; i++)
            ledger.Record((TrialKind)(i % 5), $"trial {i}", i, i % 3 == 0 ? null : i * 0.01);
        var restored = Saved.Into(Saved.Bytes(ledger), new TrialLedger());
        Assert.Equal(ledger.Rows, restored.Rows);
        Assert.Equal(ledger.Summary(), restored.Summary());
        Saved.SurvivesDamage(Saved.Bytes(ledger), () => new TrialLedger(), loaded => loaded.Summary());
    }
}
