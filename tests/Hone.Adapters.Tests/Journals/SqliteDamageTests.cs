using Hone.Adapters.Journals;
using Hone.Trading.Live;
using Xunit;

namespace Hone.Adapters.Tests.Journals;

/// <summary>A flipped bit anywhere in the file either is noticed or changes nothing that can be read. HONE_LONG=1 flips 10,000.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hone-damage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_flipped_bit_is_silently_accepted()
    {
        var cancel = TestContext.Current.CancellationToken;
        var path = Path.Combine(_folder, "journal.db");
        await using (var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path }))
            await Fill(journal, cancel);
        var whole = await File.ReadAllBytesAsync(path, cancel);
        var expected = await Contents(path, cancel);
        var flips = Environment.GetEnvironmentVariable("HONE_LONG") == "1" ? 10_000 : 300;
        var random = new Random(7);
        var (noticed, harmless) = (0, 0);
        for (var flip = 0; flip < flips; flip++)
        {
            var damaged = (byte[])whole.Clone();
            var bit = random.NextInt64(whole.LongLength * 8);
            damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            var copy = Path.Combine(_folder, "copy.db");
            foreach (var left in Directory.GetFiles(_folder, "copy.db*"))
                File.Delete(left);
            await File.WriteAllBytesAsync(copy, damaged, cancel);
            try
            {
                var read = await Contents(copy, cancel);
                Assert.True(expected == read, $"The flip of bit {bit} changed what is read, and nothing noticed.");
                harmless++;
            }
            catch (Exception e) when (e is JournalOpenException or JournalBrokenException)
            {
                noticed++;
            }
        }
        Assert.True(noticed > flips / 4, $"Only {noticed} flips were noticed, {harmless} changed nothing: the test does not hit what is stored.");
    }

    private static async Task Fill(SqliteJournal journal, CancellationToken cancel)
    {
        for (var document = 0; document < 20; document++)
            await journal.PutDocument("kind", $"{document}", new byte[500], cancel);
        var link = UInt128.Zero;
        for (var seq = 1; seq <= 200; seq++)
        {
            var payload = new byte[200];
            new Random(seq).NextBytes(payload);
            var entry = JournalEntry.After(link, seq, EntryKind.Ask, seq, seq, payload);
            link = entry.Link;
            await journal.Append(new JournalBatch
            {
                Session = "a",
                AfterSeq = seq - 1,
                Entries = [entry],
                Emissions = [new Emission(seq, 0, EmissionKind.Prediction, seq, payload)],
                Snapshot = seq % 50 == 0 ? new StoredSnapshot(seq, seq, link, "h", "e", new byte[5000]) : null,
                Record = seq == 1 ? new SessionRecord("a", "BTC", "a", 1, null) : null,
            }, cancel);
        }
    }

    // Verified, then read: what is returned here was accepted by everything that looks for damage.
    private static async Task<string> Contents(string path, CancellationToken cancel)
    {
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path });
        if ((await journal.Verify(cancel)).Problems is [var problem, ..])
            throw new JournalBrokenException(problem);
        var text = new System.Text.StringBuilder();
        await foreach (var entry in journal.Entries("a", cancel: cancel))
            text.Append(entry.Link).Append(Convert.ToHexString(entry.Payload.Span));
        foreach (var emission in await journal.Emissions("a", 1, 1000, cancel))
            text.Append(emission.Seq).Append(emission.AtUs).Append(Convert.ToHexString(emission.Payload.Span));
        foreach (var info in await journal.Snapshots("a", cancel))
            text.Append((await journal.Snapshot("a", info.Seq, cancel))!.Hash).Append(Convert.ToHexString((await journal.Snapshot("a", info.Seq, cancel))!.State.Span));
        foreach (var (id, json) in await journal.Documents("kind", "", 1000, cancel))
            text.Append(id).Append(Convert.ToHexString(json.Span));
        return text.ToString();
    }
}
