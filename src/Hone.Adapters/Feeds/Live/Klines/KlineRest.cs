using System.Globalization;
using System.Net;
using System.Text;

namespace Hone.Adapters.Feeds.Live.Klines;

/// <summary>Asks an exchange for candles: one request at a time, evenly spread, with limits on time and bytes.</summary>
internal sealed class KlineRest : IDisposable
{
    private const int FirstBufferBytes = 16 * 1024;

    private readonly ExchangeFeedOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly TimeSpan _distance;
    private byte[] _body = new byte[FirstBufferBytes];
    private long? _answeredAt;

    public KlineRest(ExchangeFeedOptions options, HttpMessageHandler handler, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _http = new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add("User-Agent", "hone");
        _distance = TimeSpan.FromMinutes(1) / options.RequestsPerMinuteMax;
    }

    /// <summary>Asks for candles that start in [<paramref name="fromMs"/>, <paramref name="toMs"/>], the oldest first; without a span for the newest.</summary>
    /// <param name="fromMs">First start; null for the newest candles.</param>
    /// <param name="toMs">Last start.</param>
    /// <param name="limit">Candles at most.</param>
    /// <param name="rows">Is emptied and takes them.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="ExchangeTrouble">No answer that can be used.</exception>
    public async Task Ask(long? fromMs, long? toMs, int limit, List<Kline> rows, CancellationToken cancel)
    {
        rows.Clear();
        await Pace(cancel).ConfigureAwait(false);
        var query = new StringBuilder(_options.RestUrl.TrimEnd('/')).Append("/api/v3/klines?symbol=").Append(_options.Symbol).Append("&interval=").Append(_options.Interval);
        if (fromMs is not null)
            query.Append(CultureInfo.InvariantCulture, $"&startTime={fromMs}&endTime={toMs}");
        query.Append(CultureInfo.InvariantCulture, $"&limit={limit}");
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.TimeoutMs), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        int length;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, query.ToString());
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw Refused(response);
            length = await ReadBody(response, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new ExchangeTrouble(e is OperationCanceledException ? $"{Host} did not answer within {_options.TimeoutMs} ms" : $"{Host} cannot be asked ({Reason(e)})", cause: e);
        }
        finally
        {
            // From the answer on: however long a request took to arrive, the next one arrives that much later.
            _answeredAt = _time.GetTimestamp();
        }
        if (KlinePage.Read(_body.AsSpan(0, length), limit, rows) is { } problem)
            throw new ExchangeTrouble($"{Host}: {problem}", isRefused: true);
    }

    public void Dispose() => _http.Dispose();

    private string Host => new Uri(_options.RestUrl).Authority;

    private static string Reason(Exception e) => FeedProblem.Short(e.InnerException?.Message ?? e.Message);

    private async Task Pace(CancellationToken cancel)
    {
        if (_answeredAt is { } answeredAt && _distance - _time.GetElapsedTime(answeredAt) is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
    }

    private ExchangeTrouble Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is 429 or 418)
        {
            var wait = RetryAfter(response);
            return new($"{Host} answered {status}: too many requests{(wait is { } w ? string.Create(CultureInfo.InvariantCulture, $"; it wants to be left alone for {w.TotalSeconds:0} s") : "")}", wait);
        }
        // 408 is the exchange's own time-out. The rest of the fours say that the question is wrong.
        return new($"{Host} answered {status} to a request for {_options.Symbol} {_options.Interval}", RetryAfter(response), isLasting: status is >= 300 and < 500 and not 408);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        if (wait is not { } asked || asked <= TimeSpan.Zero)
            return null;
        var most = TimeSpan.FromSeconds(_options.RetryAfterMaxSeconds);
        return asked < most ? asked : most;
    }

    private async Task<int> ReadBody(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > _options.BodyBytesMax)
            throw TooLong();
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var length = 0;
            while (true)
            {
                if (length == _body.Length)
                    Array.Resize(ref _body, (int)Math.Min(2L * _body.Length, _options.BodyBytesMax + 1L));
                var bytes = await stream.ReadAsync(_body.AsMemory(length), cancel).ConfigureAwait(false);
                if (bytes == 0)
                    return length;
                length += bytes;
                if (length > _options.BodyBytesMax)
                    throw TooLong();
            }
        }
    }

    private ExchangeTrouble TooLong() => new($"{Host} answered more than {_options.BodyBytesMax} bytes", isRefused: true);
}
