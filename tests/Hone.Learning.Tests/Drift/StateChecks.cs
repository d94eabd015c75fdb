using Hone.Learning.Numerics;
using Hone.Learning.State;
using Hone.Learning.Tests.Numerics;

namespace Hone.Learning.Tests.Drift;

/// <summary>What everything with state promises, over the catalogs of detectors and calibrators and everything else in these rooms. Nobody opts out.</summary>
public sealed class StateChecks
{
    public static TheoryData<string> Names => [.. Specimen.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Names))]
    public void What_was_saved_in_mid_stream_continues_with_the_same_bits(string name)
    {
        var specimen = Specimen.Named(name);
        for (var cut = 1; cut < specimen.Events; cut += specimen.Events / 7)
        {
            var original = specimen.Fed(0, cut);
            var state = specimen.Saved(original);
            var restored = specimen.Fed(5_000, 5_300);
            var reader = new StateReader(state);
            restored.Load(reader);

            Assert.Equal(0, reader.Remaining);
            Assert.Equal(state, specimen.Saved(restored));

            // Compared along the way: a difference may heal, at the next reset for instance.
            for (var from = cut; from < specimen.Events; from += 50)
                Assert.Equal(specimen.Saved(specimen.Fed(from, from + 50, original)), specimen.Saved(specimen.Fed(from, from + 50, restored)));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_stream_gives_the_same_bits(string name)
    {
        var specimen = Specimen.Named(name);
        Assert.Equal(specimen.Saved(specimen.Fed(0, specimen.Events)), specimen.Saved(specimen.Fed(0, specimen.Events)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Reset_returns_to_the_start(string name)
    {
        var specimen = Specimen.Named(name);
        var thing = specimen.Fed(0, specimen.Events);
        specimen.Reset(thing);

        Assert.Equal(specimen.Saved(specimen.Make()), specimen.Saved(thing));
        Assert.Equal(specimen.Saved(specimen.Fed(0, 700)), specimen.Saved(specimen.Fed(0, 700, thing)));
    }

    [Theory, MemberData(nameof(Names))]
    public void An_event_allocates_nothing(string name)
    {
        var specimen = Specimen.Named(name);
        var thing = specimen.Fed(0, specimen.Events);
        specimen.Fed(0, specimen.Events, thing);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var i = 0; i < specimen.Events; i++)
                specimen.Feed(thing, i);
        }));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_truncated_state_is_refused(string name)
    {
        var specimen = Specimen.Named(name);
        var state = specimen.Saved(specimen.Fed(0, specimen.Events));
        for (var length = 0; length < state.Length; length += 1 + state.Length / 200)
            Assert.Throws<CorruptStateException>(() => specimen.Make().Load(new(state.AsMemory(0, length))));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_damaged_state_is_refused_or_still_works(string name)
    {
        var specimen = Specimen.Named(name);
        var random = new Rng(5, "damage");
        foreach (var events in new[] { specimen.Events, specimen.Events / 2, 100 })
        {
            var state = specimen.Saved(specimen.Fed(0, events));
            for (var round = 0; round < 250; round++)
            {
                var damaged = state.ToArray();
                for (var flips = 1 + random.NextInt32(3); flips > 0; flips--)
                    damaged[random.NextInt32(damaged.Length)] ^= (byte)(1 << random.NextInt32(8));
                var thing = specimen.Make();
                try
                {
                    thing.Load(new(damaged));
                }
                catch (CorruptStateException)
                {
                    continue;
                }
                specimen.Saved(specimen.Fed(events, events + 200, thing));
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_number_that_cannot_be_one_of_its_own_is_refused(string name)
    {
        var specimen = Specimen.Named(name);
        var state = specimen.Saved(specimen.Fed(0, specimen.Events));
        var header = specimen.Saved(specimen.Make()).TakeWhile((b, i) => b == state[i]).Count();
        if (header == state.Length)
            return;

        // Every eight bytes that hold a number, replaced by one that poisons sums: refused, or the object does not carry it on as NaN.
        for (var at = 0; at + 8 <= state.Length; at += 1 + state.Length / 400)
        {
            var poisoned = state.ToArray();
            BitConverter.TryWriteBytes(poisoned.AsSpan(at), double.NaN);
            var thing = specimen.Make();
            try
            {
                thing.Load(new(poisoned));
            }
            catch (CorruptStateException)
            {
                continue;
            }
            specimen.Saved(specimen.Fed(0, 200, thing));
        }
    }
}
