using Hone.Learning.State;

namespace Hone.Trading.Tests.Performance;

/// <summary>Writes a state down, hands it to another object, and damages it on the way where asked.</summary>
internal static class Saved
{
    public static byte[] Bytes(ISaved saved)
    {
        var writer = new StateWriter();
        saved.Save(writer);
        return writer.Written.ToArray();
    }

    public static T Into<T>(byte[] bytes, T fresh) where T : ISaved
    {
        var reader = new StateReader(bytes);
        fresh.Load(reader);
        Assert.Equal(0, reader.Remaining);
        return fresh;
    }

    /// <summary>Every truncation and a flip in every byte is either refused with the one exception or loads something harmless.</summary>
    public static void SurvivesDamage<T>(byte[] bytes, Func<T> fresh, Action<T> use) where T : ISaved
    {
        var step = Math.Max(1, bytes.Length / 400);
        for (var i = 0; i < bytes.Length; i += step)
        {
            Assert.Throws<CorruptStateException>(() => fresh().Load(new StateReader(bytes.AsMemory(0, i))));
            foreach (var mask in (byte[])[0x01, 0x80, 0xFF])
            {
                var damaged = (byte[])bytes.Clone();
                damaged[i] ^= mask;
                var target = fresh();
                try
                {
                    target.Load(new StateReader(damaged));
                }
                catch (CorruptStateException)
                {
                    continue;
                }
                use(target);
            }
        }
    }
}
