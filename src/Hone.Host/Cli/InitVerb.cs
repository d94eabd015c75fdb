using System.CommandLine;
using Hone.Host.Configuration;
using Hone.Host.Runs;

namespace Hone.Host.Cli;

/// <summary>hone init: the config with every default and a comment on every key, and its JSON schema beside it.</summary>
internal static class InitVerb
{
    private const string SchemaName = "hone.schema.json";

    public static Command Create(VerbContext context)
    {
        var outFile = new Option<string>("--out") { HelpName = "FILE", Description = "The config to write.", DefaultValueFactory = _ => "hone.json" };
        var force = new Option<bool>("--force") { Description = "Overwrite a config that is there." };
        var command = new Command("init", "Write a config with every default, a comment on every key, and a JSON schema for editors.") { outFile, force };
        command.SetAction(parse =>
        {
            var path = parse.GetValue(outFile)!;
            if (path.Length == 0 || Directory.Exists(path))
                throw new VerbException($"--out is '{path}'; name a file.");
            var schema = Path.Combine(Path.GetDirectoryName(path) ?? "", SchemaName);
            if (Path.GetFullPath(schema) == Path.GetFullPath(path))
                throw new VerbException($"--out is '{path}'; that is the name of the schema beside it. Choose another.");
            if (!parse.GetValue(force))
            {
                if (File.Exists(path))
                    throw new VerbException($"{path} is there already; --force overwrites it.");
                // A schema of ours belongs to the program, not to the user: another release may replace it.
                if (File.Exists(schema) && !File.ReadAllText(schema).Contains($"\"{ConfigSchema.Title}\"", StringComparison.Ordinal))
                    throw new VerbException($"{schema} is there already and not Hone's; --force overwrites it.");
            }
            AtomicFile.WriteText(schema, ConfigSchema.Write());
            AtomicFile.WriteText(path, ConfigWriter.Commented(new HoneConfig(), SchemaName));
            context.Out.WriteLine($"{path}: every key with its default; `hone run --config {path}` uses it.");
            context.Out.WriteLine($"{schema}: its JSON schema, for editors.");
            return 0;
        });
        return command;
    }
}
