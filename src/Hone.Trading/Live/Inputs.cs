using Hone.Learning.State;
using Hone.Trading.Market;
using Hone.Trading.Sessions;

namespace Hone.Trading.Live;

/// <summary>A question: payload of <see cref="EntryKind.Ask"/>.</summary>
public sealed record AskInput
{
    /// <summary>Feature values in the order of the session; NaN is missing.</summary>
    public required double[] Features { get; init; }

    /// <summary>The client's own id; null for the server's.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Prediction market that it is about; null for none.</summary>
    public string? MarketId { get; init; }

    /// <summary>Whether the client gave the time.</summary>
    public bool TimeWasGiven { get; init; }

    /// <summary>Regime it is asked in, 0 sideways, 1 bull, 2 bear; −1 when unknown.</summary>
    public int Regime { get; init; } = -1;

    /// <summary>Price of a yes share of the prediction market, 0…1; NaN when there is none.</summary>
    public double Price { get; init; } = double.NaN;

    /// <summary>Fee of that market as a multiple of p(1 − p).</summary>
    public double FeeRate { get; init; }

    /// <summary>Whatever the client wants to find again, as JSON; null for nothing.</summary>
    public string? Context { get; init; }

    internal void Write(StateWriter writer)
    {
        writer.Write((ReadOnlySpan<double>)Features);
        Inputs.Write(writer, PredictionId);
        Inputs.Write(writer, MarketId);
        writer.Write(TimeWasGiven);
        writer.Write(Regime);
        writer.Write(Price);
        writer.Write(FeeRate);
        Inputs.Write(writer, Context);
    }

    internal static AskInput Read(StateReader reader) => new()
    {
        Features = Inputs.ReadNumbers(reader),
        PredictionId = Inputs.ReadText(reader),
        MarketId = Inputs.ReadText(reader),
        TimeWasGiven = reader.ReadBool(),
        Regime = reader.ReadInt32(-1, 2),
        Price = reader.ReadDouble(),
        FeeRate = reader.ReadFinite(),
        Context = Inputs.ReadText(reader),
    };
}

/// <summary>What came of a question: payload of <see cref="EntryKind.Answer"/>.</summary>
/// <param name="Question">Entry of the question.</param>
/// <param name="Label">What happened, 0…classes − 1.</param>
/// <param name="Pnl">Money it made; NaN when not told.</param>
/// <param name="Side">+1 long, −1 short, 0 when not told.</param>
/// <param name="Weight">How much it counts in learning.</param>
public readonly record struct AnswerInput(long Question, int Label, double Pnl, int Side, double Weight)
{
    internal void Write(StateWriter writer)
    {
        writer.Write(Question);
        writer.Write(Label);
        writer.Write(Pnl);
        writer.Write(Side);
        writer.Write(Weight);
    }

    internal static AnswerInput Read(StateReader reader) => new(reader.ReadInt64(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadInt32(-1, 1), reader.ReadFinite());
}

/// <summary>An outcome with its own features: payload of <see cref="EntryKind.Example"/> and <see cref="EntryKind.Pending"/>.</summary>
/// <param name="Id">The client's id; null when it gave none.</param>
/// <param name="Features">Feature values in the order of the session; NaN is missing.</param>
/// <param name="Label">What happened, 0…classes − 1.</param>
/// <param name="Pnl">Money it made; NaN when not told.</param>
/// <param name="Weight">How much it counts in learning.</param>
public sealed record ExampleInput(string? Id, double[] Features, int Label, double Pnl, double Weight)
{
    internal void Write(StateWriter writer)
    {
        Inputs.Write(writer, Id);
        writer.Write((ReadOnlySpan<double>)Features);
        writer.Write(Label);
        writer.Write(Pnl);
        writer.Write(Weight);
    }

    internal static ExampleInput Read(StateReader reader)
        => new(Inputs.ReadText(reader), Inputs.ReadNumbers(reader), reader.ReadInt32(), reader.ReadDouble(), reader.ReadFinite());
}

/// <summary>How a prediction market ended: payload of <see cref="EntryKind.Resolve"/>.</summary>
/// <param name="MarketId">The market.</param>
/// <param name="Label">1 yes, 0 no, −1 void: closed without learning.</param>
public readonly record struct ResolveInput(string MarketId, int Label);

/// <summary>Writes and reads the payloads of a journal. One method per <see cref="EntryKind"/>; the layout is the stored format.</summary>
public static class Inputs
{
    private const int NumbersMax = 1 << 16;

    [ThreadStatic] private static StateWriter? _writer;

    /// <summary>A question.</summary>
    public static byte[] Of(AskInput input) => Bytes(input.Write);

    /// <summary>An answer.</summary>
    public static byte[] Of(AnswerInput input) => Bytes(input.Write);

    /// <summary>An outcome with its own features.</summary>
    public static byte[] Of(ExampleInput input) => Bytes(input.Write);

    /// <summary>The end of a prediction market.</summary>
    public static byte[] Of(ResolveInput input) => Bytes(writer =>
    {
        writer.Write(input.MarketId);
        writer.Write(input.Label);
    });

    /// <summary>What a market is.</summary>
    public static byte[] Of(MarketInfo market) => Bytes(writer => Write(writer, market));

    /// <summary>A bar and its extra columns.</summary>
    public static byte[] Of(in Bar bar, ReadOnlySpan<double> extras)
    {
        var writer = Fresh();
        Write(writer, bar);
        writer.Write(extras);
        return writer.Written.ToArray();
    }

    /// <summary>A share of equity.</summary>
    public static byte[] Of(double fraction) => Bytes(writer => writer.Write(fraction));

    /// <summary>A text.</summary>
    public static byte[] Of(string text) => Bytes(writer => writer.Write(text));

    /// <summary>Reads a question.</summary>
    public static AskInput Ask(in JournalEntry entry) => Whole(entry, AskInput.Read);

    /// <summary>Reads an answer.</summary>
    public static AnswerInput Answer(in JournalEntry entry) => Whole(entry, AnswerInput.Read);

    /// <summary>Reads an outcome with its own features.</summary>
    public static ExampleInput Example(in JournalEntry entry) => Whole(entry, ExampleInput.Read);

    /// <summary>Reads the end of a prediction market.</summary>
    public static ResolveInput Resolve(in JournalEntry entry) => Whole(entry, reader => new ResolveInput(reader.ReadString(), reader.ReadInt32(-1, 1)));

    /// <summary>Reads what a market is.</summary>
    public static MarketInfo Market(in JournalEntry entry) => Whole(entry, ReadMarket);

    /// <summary>Reads a bar and its extra columns.</summary>
    public static (Bar Bar, double[] Extras) Bar(in JournalEntry entry) => Whole(entry, reader => (ReadBar(reader), ReadNumbers(reader)));

    /// <summary>Reads a share of equity.</summary>
    public static double Fraction(in JournalEntry entry) => Whole(entry, reader => reader.ReadFinite());

    /// <summary>Reads a text.</summary>
    public static string Text(in JournalEntry entry) => Whole(entry, reader => reader.ReadString());

    internal static void Write(StateWriter writer, MarketInfo market)
    {
        writer.Write(market.Symbol);
        writer.Write((int)market.AssetClass);
        writer.Write(market.StepUs);
        writer.Write(market.ExtraColumns.Count);
        foreach (var column in market.ExtraColumns)
            writer.Write(column);
        writer.Write(market.VolumeKnown);
        writer.Write(market.ReferencePrice);
        writer.Write(market.ReferenceTimeUs);
    }

    internal static MarketInfo ReadMarket(StateReader reader)
    {
        var symbol = reader.ReadString();
        var asset = (AssetClass)reader.ReadInt32(0, 2);
        var stepUs = reader.ReadInt64();
        var columns = new string[reader.ReadInt32(0, 1000)];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = reader.ReadString();
        return new MarketInfo(symbol, asset, stepUs, columns, reader.ReadBool(), reader.ReadFinite(), reader.ReadInt64());
    }

    internal static void Write(StateWriter writer, in Bar bar)
    {
        writer.Write(bar.CloseTimeUs);
        writer.Write(bar.Open);
        writer.Write(bar.High);
        writer.Write(bar.Low);
        writer.Write(bar.Close);
        writer.Write(bar.Volume);
    }

    internal static Bar ReadBar(StateReader reader)
        => new(reader.ReadInt64(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite());

    internal static void Write(StateWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
            writer.Write(text);
    }

    internal static string? ReadText(StateReader reader) => reader.ReadBool() ? reader.ReadString() : null;

    internal static double[] ReadNumbers(StateReader reader)
    {
        var numbers = new double[reader.ReadInt32(0, Math.Min(NumbersMax, reader.Remaining / sizeof(double)))];
        foreach (ref var number in numbers.AsSpan())
            number = reader.ReadDouble();
        return numbers;
    }

    internal static byte[] Bytes(Action<StateWriter> write)
    {
        var writer = Fresh();
        write(writer);
        return writer.Written.ToArray();
    }

    private static StateWriter Fresh()
    {
        var writer = _writer ??= new StateWriter();
        writer.Clear();
        return writer;
    }

    private static T Whole<T>(in JournalEntry entry, Func<StateReader, T> read)
    {
        var reader = new StateReader(entry.Payload);
        var input = read(reader);
        return reader.Remaining == 0 ? input : throw new CorruptStateException($"Entry {entry.Seq} ({entry.Kind}) has {reader.Remaining} bytes too many.");
    }
}
