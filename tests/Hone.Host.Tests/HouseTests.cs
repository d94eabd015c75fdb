using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hone.Host.Configuration;
using Hone.Learning;
using Hone.Trading;

namespace Hone.Host.Tests;

/// <summary>The house: what may know what, and what everything must have.</summary>
public sealed class HouseTests
{
    private static readonly string[] Floors = ["Hone.Learning", "Hone.Trading", "Hone.Adapters", "Hone.Host"];

    // What a pure floor may not touch, by the start of a type's full name.
    private static readonly string[] Impure =
    [
        "System.IO.File", "System.IO.Directory", "System.IO.Path", "System.IO.Stream", "System.IO.Pipes", "System.IO.Compression", "System.IO.MemoryMappedFiles", "System.IO.DriveInfo", "System.IO.TextWriter",
        "System.IO.TextReader", "System.IO.Random", "System.Net.", "System.Console", "System.Environment", "System.AppContext", "System.Threading.", "System.Timers.", "System.TimeProvider", "System.Random",
        "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.Diagnostics.Trace", "System.Security.Cryptography.RandomNumberGenerator", "System.Data.", "Microsoft.", "System.Reflection.Emit",
        "System.Runtime.InteropServices.DllImport", "System.Runtime.InteropServices.NativeLibrary",
    ];

    // What the compiler brings in, and what only carries the word of a caller.
    private static readonly string[] Harmless = ["Microsoft.CodeAnalysis.EmbeddedAttribute", "System.Threading.CancellationToken"];

    private static readonly string[] ImpureMembers =
        ["System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid", "System.String.GetHashCode"];

    [Fact]
    public void Projects_refer_only_to_the_floor_below()
    {
        foreach (var (floor, i) in Floors.Select((f, i) => (f, i)))
        {
            var references = References($"src/{floor}/{floor}.csproj");
            Assert.Equal(i == 0 ? [] : [Floors[i - 1]], references);
        }
    }

    [Fact]
    public void There_is_no_further_source_project()
        => Assert.Equal(Floors.Order(StringComparer.Ordinal), Repository.Files("src", "*.csproj").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Pure_floors_depend_on_nothing_but_the_runtime()
        => Assert.All(Floors[..2], floor => Assert.All(
            XDocument.Load(Repository.PathOf($"src/{floor}/{floor}.csproj")).Descendants("PackageReference"), package => Assert.Equal("all", (string?)package.Attribute("PrivateAssets"))));

    [Theory]
    [InlineData("Hone.Learning")]
    [InlineData("Hone.Trading")]
    public void Pure_floors_touch_no_disk_network_clock_thread_or_randomness(string floor)
    {
        var (types, members) = Used(floor);

        Assert.NotEmpty(types);
        Assert.DoesNotContain(types, type => !Harmless.Contains(type) && Impure.Any(i => type.StartsWith(i, StringComparison.Ordinal)));
        Assert.Empty(members.Intersect(ImpureMembers));
    }

    [Fact]
    public void The_check_sees_the_disk_where_it_is_used()
        => Assert.Contains(Used("Hone.Adapters").Types, type => Impure.Any(i => type.StartsWith(i, StringComparison.Ordinal)));

    [Fact]
    public void Every_catalog_entry_has_a_name_of_its_field_and_a_sentence()
        => Assert.All(Entries(), entry =>
        {
            Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", entry.Name);
            Assert.Matches("^[A-Z0-9].{10,}\\.$", entry.Summary);
            Assert.True(entry.Behaviour >= 1 && entry.StateFormat >= 1);
        });

    [Fact]
    public void Every_option_has_a_default_that_is_in_range_a_range_where_it_is_a_number_and_a_comment()
    {
        Assert.All(Entries().Select(e => e.OptionsType).Append(typeof(HoneConfig)), type =>
        {
            Options.Validated(type.Name, Options.Default(type));
            Assert.All(Records(type).SelectMany(ConfigPath.Properties), property =>
            {
                var name = $"{property.DeclaringType!.Name}.{property.Name}";
                var number = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                Assert.True(XmlDocs.Of(property).Length >= 8, $"{name} has no comment");
                Assert.True(number != typeof(double) && number != typeof(int) && number != typeof(long) || property.GetCustomAttribute<RangeAttribute>() is not null, $"{name} has no range");
                Assert.True(number != typeof(float) && number != typeof(decimal) && number != typeof(object), $"{name} has a type that options do not have");
            });
        });

        static IEnumerable<Type> Records(Type type)
            => ConfigPath.Properties(type).Select(p => ConfigPath.ElementType(p.PropertyType) ?? p.PropertyType).Where(ConfigPath.IsRecord).SelectMany(Records).Append(type);
    }

    [Fact]
    public void Nothing_in_the_source_is_left_for_later()
        => Assert.All(Repository.Files("src", "*.*"), file => Assert.DoesNotMatch(@"\b(TO" + @"DO|FIX" + @"ME|HACK|XXX)\b|NotImplemented" + "Exception", File.ReadAllText(file)));

    [Fact]
    public void Names_that_say_nothing_are_not_used()
        => Assert.All(Repository.Files("src", "*.cs"), file =>
            Assert.DoesNotMatch("(Manager|Helper|Util|Utils|Utilities|Processor|Base|Common)$", Path.GetFileNameWithoutExtension(file)));

    [Fact]
    public void Every_file_is_one_namespace_that_follows_its_folder()
        => Assert.All(Repository.Files("src", "*.cs").Where(f => Path.GetFileName(f) is not "Program.cs"), file =>
        {
            var expected = Path.GetRelativePath(Repository.PathOf("src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            var names = Regex.Matches(File.ReadAllText(file), @"^namespace ([\w.]+)(;?)", RegexOptions.Multiline);
            Assert.All(names, name => Assert.Equal((";", true), (name.Groups[2].Value, expected == name.Groups[1].Value || expected.StartsWith(name.Groups[1].Value + ".", StringComparison.Ordinal))));
            Assert.Single(names);
        });

    private static string[] References(string project)
        => [.. XDocument.Load(Repository.PathOf(project)).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')))];

    private static IEnumerable<ICatalogEntry> Entries()
    {
        var catalog = TradingCatalog.BuiltIn();
        return [.. catalog.Learning.Learners, .. catalog.Learning.Detectors, .. catalog.Learning.Calibrators, .. catalog.Features, .. catalog.Labels, .. catalog.Regimes, .. catalog.Agents, .. catalog.Costs];
    }

    /// <summary>Types and members of others that an assembly refers to, from its metadata.</summary>
    private static (IReadOnlySet<string> Types, IReadOnlySet<string> Members) Used(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        string Name(TypeReference type) => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
        var types = metadata.TypeReferences.Select(h => Name(metadata.GetTypeReference(h))).ToHashSet();
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => $"{Name(metadata.GetTypeReference((TypeReferenceHandle)m.Parent))}.{metadata.GetString(m.Name)}").ToHashSet();
        return (types, members);
    }
}
