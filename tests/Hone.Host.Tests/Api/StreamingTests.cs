using System.Net.WebSockets;
using System.Text.Json;
using Hone.Host.Api.Streaming;
using Hone.Host.Serving;
using Hone.Host.Tests.Serving;
using Hone.Trading.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Hone.Host.Tests.Api;

/// <summary>What a stream says, from a real server over a real journal.</summary>
public sealed class StreamingTests
{
    private const int Clients = 32;

    [Fact]
    public async Task Messages_have_the_keys_of_the_contract()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        using var stream = await StreamClient.Open(server, "BTCUSDT");

        await Ask(server, id, "a");
        await Answer(server, id, "a", 1);

        var messages = await stream.Until(m => m.Text("type") == "outcome");
        Assert.Equal(["prediction", "outcome"], messages.Select(m => m.Text("type")));
        foreach (var message in messages)
        {
            Assert.Equal(["type", "seq", "n", "at", "symbol", "data"], message.Keys());
            Assert.Equal("BTCUSDT", message.Text("symbol"));
            Assert.EndsWith("Z", message.Text("at"));
            Assert.Equal("a", message.GetProperty("data").Text("prediction_id"));
        }
    }

    [Fact]
    public async Task Live_messages_and_the_past_come_in_order_and_once_while_many_clients_post()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        using var live = await StreamClient.Open(server, "BTCUSDT");
        // Whoever comes later may have the past as well; the stream is open once it sees something.
        await Ask(server, id, "first");
        await live.Until(_ => true);

        var posting = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++)
            {
                await Ask(server, id, $"c{client}-{i}");
                await Answer(server, id, $"c{client}-{i}", i % 2);
            }
        })).ToArray();
        await posting[0];
        using var past = await StreamClient.Open(server, "BTCUSDT?from_seq=1");
        await Task.WhenAll(posting);
        await Ask(server, id, "last");

        var heard = await live.Until(IsLast);
        var all = await past.Until(IsLast);
        AssertInOrder(heard);
        AssertInOrder(all);
        Assert.Equal(Clients * 12, heard.Count(m => m.Text("type") == "outcome"));
        Assert.Equal(Clients * 12, all.Count(m => m.Text("type") == "outcome"));
        Assert.Equal(all.Skip(1).Select(m => m.ToString()), heard.Select(m => m.ToString()));
        Assert.Equal(await Events(server, id, all.Count), all.Select(m => m.ToString()));
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_seq_misses_nothing_and_has_nothing_twice_but_what_it_can_tell()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        var posting = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await Ask(server, id, $"q{i}");
                await Answer(server, id, $"q{i}", i % 2);
            }
            await Ask(server, id, "last");
        });
        var messages = new List<JsonElement>();
        // Cut after a few messages, over and over, without a word.
        for (var isOver = false; !isOver;)
        {
            using var stream = await StreamClient.Open(server, $"BTCUSDT?from_seq={(messages.Count > 0 ? messages[^1].Place().Seq : 1)}");
            var have = messages.Count > 0 ? messages[^1].Place() : (0, 0);
            var left = 45;
            var part = await stream.Until(m => (isOver = IsLast(m)) || --left == 0);
            messages.AddRange(part.Where(m => m.Place().CompareTo(have) > 0));
            stream.Socket.Abort();
        }
        await posting;

        AssertInOrder(messages);
        Assert.Equal(await Events(server, id, messages.Count), messages.Select(m => m.ToString()));
        Assert.Equal(401, messages.Count(m => m.Text("type") is "prediction" or "outcome"));
    }

    [Fact]
    public async Task What_was_compacted_is_told_as_a_gap_before_the_rest()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        for (var i = 0; i < 20; i++)
            await Ask(server, id, $"q{i}");
        await server.Host.Find(id)!.Say(new UpkeepCommand(snapshot: true));
        var first = await server.Journal.Compact(id, 11, 0, TestContext.Current.CancellationToken);
        Assert.True(first > 1);
        await Ask(server, id, "last");

        using var stream = await StreamClient.Open(server, "BTCUSDT?from_seq=1");
        var messages = await stream.Until(IsLast);

        Assert.Equal(["type", "seq", "n", "at", "symbol", "data"], messages[0].Keys());
        Assert.Equal(("gap", first), (messages[0].Text("type"), messages[0].Long("seq")));
        Assert.Equal((1, first), (messages[0].GetProperty("data").Long("from_seq"), messages[0].GetProperty("data").Long("first_seq")));
        Assert.True(messages[1].Long("seq") >= first);
        AssertInOrder(messages[1..]);
        Assert.DoesNotContain(messages[1..], m => m.Text("type") == "gap");
    }

    [Fact]
    public async Task An_entry_with_more_messages_than_a_page_comes_whole()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        for (var part = 0; part < 3; part++)
            await server.Admin.Posted($"sessions/{id}/predict", $$"""{"batch":[{{string.Join(',', Enumerable.Range(0, 800).Select(i => $$"""{"features":[1,2,3],"prediction_id":"p{{part}}-{{i}}","market_id":"m"}"""))}}]}""");
        // One entry answers all of them.
        await server.Admin.Posted("markets/resolve", """{"market_id":"m","outcome":"yes"}""");
        await Ask(server, id, "last");

        using var stream = await StreamClient.Open(server, "BTCUSDT?from_seq=1");
        var messages = await stream.Until(IsLast);

        AssertInOrder(messages);
        Assert.Equal(2400, messages.GroupBy(m => m.Long("seq")).Max(g => g.Count(m => m.Text("type") == "outcome")));
        Assert.Equal(2401, messages.Count(m => m.Text("type") == "prediction"));
    }

    [Fact]
    public async Task A_quiet_stream_beats()
    {
        await using var server = await ApiServer.Start(times: new StreamTimes { Heartbeat = TimeSpan.FromMilliseconds(50) });
        var id = await server.Admin.Started();
        await Ask(server, id, "a");
        using var stream = await StreamClient.Open(server, "BTCUSDT");

        var beat = (await stream.Next())!.Value;
        var next = (await stream.Next())!.Value;

        Assert.Equal(["type", "seq", "n", "at", "symbol", "data"], beat.Keys());
        Assert.Equal(("heartbeat", 2L), (beat.Text("type"), beat.Long("seq")));
        Assert.Equal("heartbeat", next.Text("type"));
    }

    [Fact]
    public async Task A_stopping_server_says_so_to_every_stream()
    {
        await using var server = await ApiServer.Start();
        await server.Admin.Started();
        using var idle = await StreamClient.Open(server, "BTCUSDT");
        using var waiting = await StreamClient.Open(server, "BTCUSDT", key: null);
        var closings = new[] { idle.UntilClosed(), waiting.UntilClosed() };

        await server.Restart();

        foreach (var closing in await Task.WhenAll(closings))
            Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "the server is stopping; come again"), (closing.Status, closing.Reason));
    }

    [Fact]
    public async Task A_stopped_session_ends_its_streams_after_everything_that_it_said()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        using var stream = await StreamClient.Open(server, "BTCUSDT?from_seq=1");

        await Ask(server, id, "a");
        await (await server.Admin.DeleteAsync($"sessions/{id}")).Success();

        var (status, reason, messages) = await stream.UntilClosed();
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "the session was stopped"), (status, reason));
        Assert.Equal("a", Assert.Single(messages).GetProperty("data").Text("prediction_id"));
    }

    [Fact]
    public async Task What_waits_for_a_listener_is_bounded_and_nothing_overtakes_what_it_missed()
    {
        await using var server = await ApiServer.Start();
        var writer = server.Host.Find(await server.Admin.Started())!;
        using var listener = server.Services.GetRequiredService<StreamHub>().Listen(writer);
        Emission[] Batch(int first) => [.. Enumerable.Range(first, 100).Select(seq => new Emission(seq, 0, EmissionKind.Prediction, 0, default))];

        for (var i = 0; i < 1000; i++)
        {
            listener.Offer(Batch(i * 100));
            Assert.InRange(listener.Waiting, 0, StreamHub.WaitingMax);
        }
        var read = new List<long>();
        while (listener.TryRead(out var emissions))
        {
            read.AddRange(emissions.Select(e => e.Seq));
            // Room again; what was missed is still missing.
            listener.Offer(Batch(1_000_000));
        }

        Assert.True(listener.HasMissed);
        Assert.Equal(Enumerable.Range(0, read.Count).Select(i => (long)i), read);
        listener.Restart();
        Assert.False(listener.HasMissed);
        listener.Offer(Batch(7));
        Assert.True(listener.TryRead(out var after));
        Assert.Equal(7, after[0].Seq);
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_all_that_may_wait_wakes_a_listener_that_has_nothing_to_read()
    {
        await using var server = await ApiServer.Start();
        var id = await server.Admin.Started();
        using var stream = await StreamClient.Open(server, "BTCUSDT");
        await Ask(server, id, "first");
        await stream.Until(_ => true);
        using var listener = server.Services.GetRequiredService<StreamHub>().Listen(server.Host.Find(id)!);
        var waiting = listener.WaitToRead(TestContext.Current.CancellationToken).AsTask();

        listener.Offer([.. Enumerable.Range(0, StreamHub.WaitingMax + 1).Select(n => new Emission(5, n, EmissionKind.Prediction, 0, default))]);

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(listener.HasMissed);
        Assert.Equal(0, listener.Waiting);
    }

    private static bool IsLast(JsonElement message) => message.Text("type") == "prediction" && message.GetProperty("data").Text("prediction_id") == "last";

    private static Task<JsonElement> Ask(ApiServer server, string id, string prediction)
        => server.Admin.Posted($"sessions/{id}/predict", $$"""{"features":[{{prediction.Length}},0.5,-1],"prediction_id":"{{prediction}}"}""");

    private static Task<JsonElement> Answer(ApiServer server, string id, string prediction, int actual)
        => server.Admin.Posted($"sessions/{id}/outcomes", $$"""{"prediction_id":"{{prediction}}","actual":{{actual}}}""");

    private static void AssertInOrder(List<JsonElement> messages)
    {
        var places = messages.Select(m => m.Place()).ToArray();
        Assert.Equal(places.Distinct().Order(), places);
        // Every entry from its first message to its last.
        foreach (var entry in places.GroupBy(p => p.Seq))
            Assert.Equal(Enumerable.Range(0, entry.Count()), entry.Select(p => p.N));
    }

    // From the journal, once it has everything.
    private static async Task<List<string>> Events(ApiServer server, string id, int count)
    {
        var events = new List<string>();
        var after = "";
        await Eventually.Holds(async () =>
        {
            var page = await server.Admin.Got($"events?session={id}&limit=1000{after}");
            events.AddRange(page.GetProperty("events").EnumerateArray().Select(e => e.ToString()));
            after = "&after=" + Uri.EscapeDataString(page.Text("next"));
            return events.Count >= count;
        }, $"{count} events");
        return events;
    }
}
