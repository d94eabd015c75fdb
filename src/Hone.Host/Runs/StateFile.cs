using System.Security.Cryptography;
using System.Text.Json;
using Hone.Host.Configuration;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Sessions;

namespace Hone.Host.Runs;

/// <summary>
/// A saved session: magic, format, the setup it was made with, the state, and a checksum over all of it. Nothing in it names a type and nothing in it is run;
/// a damaged file is refused before anything of it is used.
/// </summary>
public static class StateFile
{
    private const string Magic = "hone-state";
    private const int Format = 1;
    private const long BytesMax = 1L << 30;
    private const int ChecksumBytes = 32;

    /// <summary>Writes a session's state.</summary>
    public static void Save(string path, TradingSession session, SessionSetup setup)
    {
        var writer = new StateWriter();
        writer.Section(Magic, Format);
        writer.Write(SetupHash(setup));
        writer.Write(session.Market.StepUs);
        writer.Write(session.Market.VolumeKnown);
        writer.Write(session.Market.ReferencePrice);
        writer.Write(session.Market.ReferenceTimeUs);
        writer.Write((int)session.Market.AssetClass);
        writer.Write(string.Join(',', session.Market.ExtraColumns));
        session.Save(writer);
        using var file = new AtomicFile(path);
        file.Stream.Write(writer.Written);
        file.Stream.Write(SHA256.HashData(writer.Written));
        file.Complete();
    }

    /// <summary>Reads a state and builds the session that continues it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="setup">The setup of this run; must be the one it was saved with.</param>
    /// <param name="market">The market as this run sees it; what the saved session knew of it wins.</param>
    /// <param name="build">Builds a session.</param>
    /// <exception cref="ConfigException">The file is missing, damaged, or belongs to another setup.</exception>
    public static TradingSession Load(string path, SessionSetup setup, MarketInfo market, Func<MarketInfo, TradingSession> build)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new ConfigException($"{path}: there is no such state file; --save-state writes one.");
            if (file.Length is <= ChecksumBytes or > BytesMax)
                throw new ConfigException($"{path}: has {file.Length} bytes; this is not a state that Hone saved.");
            var bytes = File.ReadAllBytes(path);
            var state = bytes.AsMemory(0, bytes.Length - ChecksumBytes);
            if (!SHA256.HashData(state.Span).AsSpan().SequenceEqual(bytes.AsSpan(state.Length)))
                throw new ConfigException($"{path}: the checksum is wrong; the file is damaged or truncated. Save it again.");
            var reader = new StateReader(state);
            reader.Section(Magic, Format);
            var hash = reader.ReadString();
            if (hash != SetupHash(setup))
                throw new ConfigException($"{path}: was saved with other options ({hash} against {SetupHash(setup)}); continue it with the same config, label, costs, strategy and seed.");
            // Read in the order in which they were written.
            var known = market with
            {
                StepUs = reader.ReadInt64(),
                VolumeKnown = reader.ReadBool(),
                ReferencePrice = reader.ReadFinite(),
                ReferenceTimeUs = reader.ReadInt64(),
                AssetClass = (Trading.Market.AssetClass)reader.ReadInt32(0, 2),
            };
            var columns = reader.ReadString();
            if (columns != string.Join(',', market.ExtraColumns))
                throw new ConfigException($"{path}: was saved with the extra columns '{columns}'; this data has '{string.Join(',', market.ExtraColumns)}'.");
            var session = build(known);
            session.Load(reader);
            if (reader.Remaining > 0)
                throw new CorruptStateException($"{reader.Remaining} bytes are left over.");
            return session;
        }
        catch (CorruptStateException e)
        {
            throw new ConfigException($"{path}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: cannot be read: {e.Message}");
        }
    }

    private static string SetupHash(SessionSetup setup) => StateHash.Of(JsonSerializer.SerializeToUtf8Bytes(setup, Options.Json))[..16];
}
