using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>The process that writes a journal and says beside it, batch by batch, what was acknowledged. Something below it fails.</summary>
internal static class JournalChild
{
    /// <summary>First argument of the test program that makes it this process.</summary>
    public const string Argument = "--journal-child";

    /// <summary>Every batch was stored.</summary>
    public const int Done = 0;

    /// <summary>The journal said that it is broken, and said it again when asked again.</summary>
    public const int Broken = 2;

    /// <summary>The journal refused for want of room, several times.</summary>
    public const int Full = 3;

    /// <summary>The journal could not be opened.</summary>
    public const int NotOpened = 4;

    /// <summary>Anything else: a mistake of the journal.</summary>
    public const int Wrong = 9;

    private const int AttemptsMax = 3;

    /// <summary>From path, number of batches, and "sync", "without-sync" or "killed" (at the end, by itself).</summary>
    public static async Task<int> Run(string[] args)
    {
        var (path, batches, mode) = (args[0], JournalScenario.Batches(int.Parse(args[1], CultureInfo.InvariantCulture)), args[2]);
        // Unbuffered: what is said is in the file, in its place among the system calls of the journal.
        await using var acknowledged = new FileStream(path + ".acks", FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            var options = new SqliteJournalOptions { Path = path, CheckpointBytes = mode == "killed" ? 1 << 26 : 1 << 16, WithoutSync = mode == "without-sync" };
            var journal = SqliteJournal.Open(options);
            acknowledged.Write("open\n"u8);
            for (var number = 0; number < batches.Count; number++)
            {
                await Append(journal, batches[number]);
                acknowledged.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{number}\n")));
            }
            if (mode == "killed")
                Process.GetCurrentProcess().Kill();
            await journal.DisposeAsync();
            return Done;
        }
        catch (JournalFullException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Full;
        }
        catch (JournalBrokenException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Broken;
        }
        catch (JournalOpenException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return NotOpened;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(e.ToString());
            return Wrong;
        }
    }

    private static async Task Append(SqliteJournal journal, JournalBatch batch)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                await journal.Append(batch);
                return;
            }
            catch (JournalFullException) when (attempt < AttemptsMax)
            {
                // Nothing was stored, it says: the same batch must fit.
            }
            catch (JournalBrokenException)
            {
                // It stays broken.
                await Assert.ThrowsAsync<JournalBrokenException>(async () => await journal.Append(batch));
                throw;
            }
    }
}
