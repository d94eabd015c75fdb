using System.Text;
using Hone.Trading.Live;

namespace Hone.Adapters.Journals;

/// <summary>What a batch must be by itself, whatever is stored: mistakes here are the caller's.</summary>
internal static class JournalBatchRules
{
    private const long BatchBytesMax = 512L << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks a batch.</summary>
    /// <returns>Bytes that it holds, roughly.</returns>
    /// <exception cref="ArgumentException">It could not be stored anywhere.</exception>
    public static long Check(JournalBatch batch)
    {
        CheckText(batch.Session, "the session");
        long bytes = 256;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            if (entry.Seq != batch.AfterSeq + 1 + i)
                throw new ArgumentException($"Entry {i} of the batch has seq {entry.Seq} where {batch.AfterSeq + 1 + i} follows.", nameof(batch));
            if (entry.Payload.Length > JournalEntry.PayloadBytesMax)
                throw new ArgumentException($"Entry {entry.Seq} has {entry.Payload.Length} bytes; the limit is {JournalEntry.PayloadBytesMax}.", nameof(batch));
            bytes += entry.Payload.Length + 64;
        }
        foreach (var key in batch.Keys)
        {
            CheckText(key.Key, "a key");
            if (key.Seq <= batch.AfterSeq || key.Seq > batch.AfterSeq + batch.Entries.Count)
                throw new ArgumentException($"The key '{key.Key}' names entry {key.Seq}, which is not in the batch.", nameof(batch));
        }
        if (batch.Keys.Count > 1 && batch.Keys.Select(key => key.Key).Distinct(StringComparer.Ordinal).Count() < batch.Keys.Count)
            throw new ArgumentException("The batch takes a key twice.", nameof(batch));
        foreach (var emission in batch.Emissions)
            bytes += emission.Payload.Length + 64;
        if (batch.Record is { } record)
        {
            if (record.Id != batch.Session)
                throw new ArgumentException($"The batch of session '{batch.Session}' brings the record of session '{record.Id}'.", nameof(batch));
            CheckText(record.Symbol, "the symbol");
            CheckText(record.Name, "the session's name");
        }
        bytes += batch.Snapshot?.State.Length ?? 0;
        foreach (var stats in batch.Stats)
            CheckText(stats.ModelName, "a model's name");
        if (bytes > BatchBytesMax)
            throw new ArgumentException($"The batch has {bytes} bytes; the limit is {BatchBytesMax}.", nameof(batch));
        return bytes;
    }

    /// <summary>Refuses text that a database cannot hold: a zero character, or half of a surrogate pair.</summary>
    public static void CheckText(string text, string what)
    {
        if (text.Length == 0 || text.Contains('\0'))
            throw new ArgumentException($"{what} must not be empty and must not hold a zero character.");
        try
        {
            Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"{what} is not well-formed text.", e);
        }
    }
}
