using System.Buffers.Binary;
using System.Text;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>What a call did.</summary>
internal enum DiskCall
{
    Write = 1,
    Truncate = 2,
    Sync = 3,
}

/// <summary>Which file it was.</summary>
internal enum DiskFile
{
    Database = 0,
    Log = 1,
    Acknowledged = 2,
    Folder = 3,
    Rollback = 4,
    Index = 5,
}

/// <summary>A system call that changed, or synced, a file of the journal.</summary>
/// <param name="Call">What it did.</param>
/// <param name="File">To which file.</param>
/// <param name="Offset">Where; for a truncation the new size.</param>
/// <param name="Data">What was written.</param>
internal readonly record struct DiskStep(DiskCall Call, DiskFile File, long Offset, byte[] Data);

/// <summary>The system calls of a process in their order, and what a disk may hold when the power fails among them.</summary>
internal sealed class DiskTrace
{
    private const int HeadBytes = 14;
    private const int SectorBytes = 512;

    private DiskTrace(List<DiskStep> steps) => Steps = steps;

    /// <summary>The calls.</summary>
    public IReadOnlyList<DiskStep> Steps { get; }

    /// <summary>Reads the trace that system-calls.c wrote.</summary>
    public static async Task<DiskTrace> Read(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        var steps = new List<DiskStep>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 10));
            steps.Add(new((DiskCall)bytes[at], (DiskFile)bytes[at + 1], BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 2)), bytes[(at + HeadBytes)..(at + HeadBytes + length)]));
            at += HeadBytes + length;
        }
        return new DiskTrace(steps);
    }

    /// <summary>First call after the process said that the journal is open.</summary>
    public int Opened => Enumerable.Range(0, Steps.Count).First(i => Steps[i].File == DiskFile.Acknowledged) + 1;

    /// <summary>Batches acknowledged before a call.</summary>
    public int AcknowledgedBefore(int step)
        => SystemCalls.Acknowledged(string.Concat(Steps.Take(step).Where(s => s.File == DiskFile.Acknowledged).Select(s => Encoding.ASCII.GetString(s.Data))));

    /// <summary>What a file holds when the power fails before a call: what was synced, and of the rest what <paramref name="loss"/> leaves.</summary>
    public byte[] Content(DiskFile file, int step, PowerLoss loss, Random random)
    {
        var content = new MemoryStream();
        var synced = -1;
        for (var i = 0; i < step; i++)
            if (Steps[i].File == file && Steps[i].Call == DiskCall.Sync)
                synced = i;
        for (var i = 0; i < step; i++)
        {
            if (Steps[i].File != file || Steps[i].Call == DiskCall.Sync)
                continue;
            if (i < synced)
                Put(content, Steps[i], Steps[i].Data.Length);
            else if (loss == PowerLoss.KeepsSome && random.Next(2) == 0)
                Put(content, Steps[i], Steps[i].Data.Length);
            else if (loss == PowerLoss.Tears && random.Next(3) > 0)
                Put(content, Steps[i], random.Next(2) == 0 ? random.Next(Steps[i].Data.Length / SectorBytes + 1) * SectorBytes : random.Next(Steps[i].Data.Length + 1));
            else if (loss == PowerLoss.KeepsAll)
                Put(content, Steps[i], Steps[i].Data.Length);
        }
        return content.ToArray();
    }

    private static void Put(MemoryStream content, in DiskStep step, int length)
    {
        if (step.Call == DiskCall.Truncate)
        {
            content.SetLength(step.Offset);
            return;
        }
        if (length == 0)
            return;
        // Where nothing was written before, the file holds zeros.
        content.Position = step.Offset;
        content.Write(step.Data, 0, Math.Min(length, step.Data.Length));
    }
}

/// <summary>What becomes of writes that were not synced.</summary>
internal enum PowerLoss
{
    /// <summary>All are gone.</summary>
    DropsAll,

    /// <summary>Some are there, in no order.</summary>
    KeepsSome,

    /// <summary>Some are there, some of these only in part.</summary>
    Tears,

    /// <summary>All are there, as when only the process ends.</summary>
    KeepsAll,
}
