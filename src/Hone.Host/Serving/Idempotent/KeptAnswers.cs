using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hone.Adapters.Journals;
using Hone.Host.Serving.Json;

namespace Hone.Host.Serving.Idempotent;

/// <summary>An answer that was given under a key.</summary>
/// <param name="StoredUs">When, microseconds since 1970 UTC.</param>
/// <param name="Request">Hash of what was asked.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="ContentType">Its media type; null where it had no body.</param>
/// <param name="Location">Its Location header; null where it had none.</param>
/// <param name="Body">Its body; null where it was too large to be kept.</param>
internal sealed record KeptAnswer(long StoredUs, string Request, int Status, string? ContentType, string? Location, byte[]? Body);

/// <summary>Answers by the key of their request, for 24 hours, and whose turn it is among requests with the same key.</summary>
internal sealed class KeptAnswers(IJournal journal, TimeProvider time)
{
    /// <summary>Largest body that is kept, in bytes.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(24);

    private const string Kind = "idempotency";

    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <summary>Where the answer to a request lies. Another key or another address never meets it.</summary>
    public static string IdOf(string holder, string path, string key)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{holder}\n{path}\n{key}")));

    /// <summary>Waits until no other request with this id runs; disposing lets the next one run.</summary>
    public async Task<IDisposable> Alone(string id, CancellationToken cancel)
    {
        Turn turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(id, out turn!))
                _turns[id] = turn = new Turn(this, id);
            turn.Users++;
        }
        try
        {
            await turn.Gate.WaitAsync(cancel);
            return turn;
        }
        catch
        {
            Leave(turn);
            throw;
        }
    }

    /// <summary>The answer that was kept; null when there is none or its time is over.</summary>
    public async ValueTask<KeptAnswer?> Find(string id, CancellationToken cancel)
        => await journal.GetDocument(Kind, id, cancel) is { } json && JsonSerializer.Deserialize<KeptAnswer>(json.Span, StrictJson.Options) is { } kept && kept.StoredUs > NowUs() - Micros(Lasts) ? kept : null;

    /// <summary>Keeps an answer.</summary>
    public ValueTask Keep(string id, string request, int status, string? contentType, string? location, byte[] body)
        // Not cancelled when the client goes: what was done was done.
        => journal.PutDocument(Kind, id, JsonSerializer.SerializeToUtf8Bytes(new KeptAnswer(NowUs(), request, status, contentType, location, body.Length <= BodyBytesMax ? body : null), StrictJson.Options), CancellationToken.None);

    /// <summary>Removes those whose time is over.</summary>
    public ValueTask<int> RemoveExpired(CancellationToken cancel) => journal.RemoveDocuments(Kind, NowUs() - Micros(Lasts), cancel);

    private long NowUs() => Micros(time.GetUtcNow() - DateTimeOffset.UnixEpoch);

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private void Leave(Turn turn)
    {
        lock (_turns)
            if (--turn.Users == 0)
                _turns.Remove(turn.Id);
    }

    private sealed class Turn(KeptAnswers owner, string id) : IDisposable
    {
        public string Id => id;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Gate.Release();
            owner.Leave(this);
        }
    }
}
