using System.Globalization;

namespace Hone.Trading.Tests.Features;

public sealed class FeatureDocsTests
{
    [Fact]
    public void The_table_in_the_documentation_is_that_of_the_catalog()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "features.md")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        var rows = File.ReadLines(Path.Combine(folder.FullName, "docs", "features.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Name: cells[1].Trim('`'), WarmUp: cells[2], Stride: cells[3], Source: cells[6]));
        Assert.Equal(
            MadeBars.Engine().Schema.Features.Select(f => (f.Name, f.WarmUpBars.ToString(CultureInfo.InvariantCulture), f.StrideBars.ToString(CultureInfo.InvariantCulture), f.Source)),
            rows);
    }
}
