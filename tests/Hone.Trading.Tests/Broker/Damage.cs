using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Trading.Tests.Broker;

internal static class Damage
{
    /// <summary>Every truncation is refused as corrupt; random changes are refused as corrupt or loaded, and never anything else.</summary>
    public static void IsRefused(byte[] saved, Action<StateReader> load)
    {
        for (var length = 0; length < saved.Length; length++)
            Assert.Throws<CorruptStateException>(() => load(new StateReader(saved.AsMemory(0, length))));

        var rng = new Rng(5, "damage");
        var refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var copy = saved.ToArray();
            for (var k = 0; k <= i % 3; k++)
                copy[rng.NextInt32(copy.Length)] = (byte)rng.NextInt32(256);
            try
            {
                load(new StateReader(copy));
            }
            catch (CorruptStateException)
            {
                refused++;
            }
        }
        Assert.True(refused > 100, $"Only {refused} of 3000 damaged states were refused.");
    }
}
