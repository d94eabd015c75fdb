using Hone.Adapters.Feeds;
using Hone.Adapters.Streams;
using Hone.Adapters.Tests.Feeds;

namespace Hone.Adapters.Tests.Streams;

/// <summary>What cannot be read is refused in one line: file, line, column, value, what to do.</summary>
public sealed class StreamFileProblemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a,y\n?,0\n1,0\nx,1\n", ", line 4, column 'a': 'x' is not a number (the column has numbers since line 3); correct it, leave the cell empty, or leave the column out with --ignore a.")]
    [InlineData("a,b,y\n1,2,0\n1,0\n", ", line 3: '1,0' has 2 fields where 3 are expected; complete or remove the row; a text with a separator in it needs quotes.")]
    [InlineData("a,b,y\n1,2,0\n1,2,0,9\n", ", line 3: '1,2,0,9' has 4 fields where 3 are expected; complete or remove the row; a text with a separator in it needs quotes.")]
    [InlineData("a,y\n1,0\n-inf,1\n", ", line 3, column 'a': '-inf' is infinite; give a finite number, or leave the cell empty: then it is missing.")]
    [InlineData("a,y\n1,0\n1e999,1\n", ", line 3, column 'a': '1e999' is infinite; give a finite number, or leave the cell empty: then it is missing.")]
    [InlineData("a,y\n1,0\n\"2,1\n", ", line 3: '\"2,1' has a quote that is not closed; close it, or remove the row.")]
    [InlineData("a,y\n1,5\n2,5\n", ", column 'y': has the same value in every row: there is nothing to tell apart; name another target, or read more rows.")]
    [InlineData("a,y\n1,?\n2,\n", ", column 'y': the target is missing in all 2 rows; name another target.")]
    [InlineData("a,y\n", ": the file has no rows; give a file with rows under its names.")]
    [InlineData("\n\n", ": the file has no rows; give a file with a line of names and rows under it.")]
    [InlineData("1,2\n3,4\n", ", line 1: '1,2' has numbers where the names of the columns should stand; put a line of names on top.")]
    [InlineData("a,a,y\n1,2,0\n", ", line 1, column 'a': two columns have this name; rename one of them.")]
    [InlineData("y\n0\n1\n", ", line 1: beside the target 'y' there is no column of numbers or classes; give a file with features.")]
    [InlineData("a,y\n1,2020-01-01\n", ", line 2, column 'y': the target is a time; name a target of numbers or classes.")]
    [InlineData("a;y\n1;0\n2,5;1\n", ", line 3, column 'a': '2,5' is not a number (the column has numbers since line 2); correct it, leave the cell empty, or leave the column out with --ignore a.")]
    [InlineData("a;y\n2,5;1\n", ", line 2, column 'a': '2,5' has a decimal comma; write numbers with a decimal point.")]
    [InlineData("at,y\n2020-01-01,0\nsoon,1\n", ", line 3, column 'at': 'soon' is not a time; write it like 2018-01-02T14:00:00Z, or leave the column out with --ignore at.")]
    [InlineData("a,y\n1,1e200\n2,0.5\n", ", line 2, column 'y': '1E+200' is larger than 1e100; give the target in another unit.")]
    public void A_wrong_file_of_csv_is_refused(string text, string expected) => Assert.Equal(expected, Problem(text));

    [Theory]
    [InlineData("@relation r\n@attribute a numeric\n@attribute y {0,1}\n@data\n{0 1, 1 0}\n", ", line 5: '{0 1, 1 0}' is a sparse row; write every value of each row (in Weka: the filter SparseToNonSparse).")]
    [InlineData("@relation r\n@attribute a numeric\n@attribute y {0,1}\n@data\n1,2\n", ", line 5, column 'y': '2' is none of the declared values; correct it, or declare it beside 0, 1.")]
    [InlineData("@relation r\n@attribute a numeric\n@attribute y {0,1}\n@data\nlow,1\n", ", line 5, column 'a': 'low' is not a number (the column has numbers); correct it, leave the cell empty, or leave the column out with --ignore a.")]
    [InlineData("@relation r\n@attribute a relational\n", ", line 2, column 'a': 'relational' is a type with tables inside of tables; write one row per example with numeric and nominal attributes.")]
    [InlineData("@relation r\n@attribute a number\n", ", line 2, column 'a': 'number' is no type of an attribute; use numeric, real, integer, string, date, or the values {a,b,c}.")]
    [InlineData("@relation r\n@attribute a {x,y\n", ", line 2, column 'a': '{x,y' has no closing brace; write the values as {a,b,c}.")]
    [InlineData("@relation r\n@attribute a numeric\n", ": the file ends before @data; give a file with attributes, @data and rows.")]
    [InlineData("@relation r\n@attribute a numeric\n@attribute a numeric\n@data\n", ", line 3, column 'a': two attributes have this name; rename one of them.")]
    [InlineData("@relation r\n@atribute a numeric\n", ", line 2: '@atribute a numeric' is none of @relation, @attribute and @data; correct the head of the file.")]
    [InlineData("@relation r\n@attribute a numeric\n@attribute y string\n@data\n1,x\n", ", column 'y': is declared as a free text, which cannot be predicted; name another target, or declare its values.")]
    public void A_wrong_file_of_arff_is_refused(string text, string expected) => Assert.Equal(expected, Problem(text));

    [Fact]
    public void An_unknown_target_is_answered_with_the_columns_and_a_near_one()
    {
        Assert.Equal(", line 1: 'clas' is named as the target and is no column; did you mean 'class'? The columns are a, class.", Problem("a,class\n1,0\n", "clas"));
        Assert.Equal(", line 1: 'price' is named as the target and is no column; the columns are a, class.", Problem("a,class\n1,0\n", "price"));
    }

    [Fact]
    public void A_column_of_too_many_texts_is_refused_where_the_first_of_them_too_many_stands()
    {
        var text = "id,y\n" + string.Concat(Enumerable.Range(0, 70).Select(i => $"t{i},{i % 2}\n"));

        Assert.Equal(", line 66, column 'id': 't64' is one text more than the 64 that a column of texts may have (the first is 't0'); leave the column out with --ignore id, or write it as numbers.", Problem(text));
    }

    [Fact]
    public void A_target_of_too_many_texts_is_refused()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 1_025).Select(i => $"{i},t{i}\n"));

        Assert.Equal(", line 1026, column 'y': 't1024' is one text more than the 1024 classes that a target may have; join rare classes, or name another target.", Problem(text));
    }

    [Fact]
    public void A_text_cannot_be_predicted_as_a_number()
        => Assert.Equal(", line 2, column 'y': 'up' is a text, which is no number to predict; leave --task out, or name a target of numbers.", Problem("a,y\n1,up\n2,down\n", options: o => o with { Task = StreamTask.Regression }));

    [Theory]
    [InlineData("a,late,y\n1,0,0\n1,-1,1\n", ", line 3, column 'late': '-1' is no number of rows; write a whole number of 0 or more: rows that are predicted before the label is known.")]
    [InlineData("a,late,y\n1,0.5,0\n1,1,1\n", ", line 2, column 'late': '0.5' is no number of rows; write a whole number of 0 or more: rows that are predicted before the label is known.")]
    [InlineData("a,late,y\n1,soon,0\n1,later,1\n", ", line 2, column 'late': 'soon' is neither a number of rows nor a time; write whole numbers, or times like 2018-01-02T14:00:00Z.")]
    [InlineData("a,late,y\n1,,0\n1,,1\n", ", column 'late': the delay column is empty; give rows or times in it, or leave --delay-column out.")]
    [InlineData("a,late,y\n1,2020-01-01,0\n1,2020-01-02,1\n", ", line 1, column 'late': has times, and no other column says when a row is predicted; add a column with the time of each row, or give the delay in rows.")]
    [InlineData("at,late,a,y\n2020-01-02,2020-01-01,1,0\n2020-01-03,2020-01-04,1,1\n", ", line 2, column 'late': '2020-01-01T00:00:00Z' is before the row's own time, 2020-01-02T00:00:00Z; a label that is known before its row is no question; correct one of the times.")]
    [InlineData("at,late,a,y\n2020-01-02,2020-01-03,1,0\n2020-01-01,2020-01-04,1,1\n", ", line 3, column 'at': '2020-01-01T00:00:00Z' is before the row above it, 2020-01-02T00:00:00Z; put the rows in the order of time.")]
    [InlineData("at,late,a,y\n2020-01-02,2020-01-03,1,0\n,2020-01-04,1,1\n", ", line 3, column 'at': the time of the row is missing; give it: with it 'late' says after which rows the label is known.")]
    public void A_delay_column_that_says_nothing_or_the_impossible_is_refused(string text, string expected)
        => Assert.Equal(expected, Problem(text, options: o => o with { DelayColumn = "late" }));

    [Fact]
    public void A_stream_that_needs_more_memory_than_it_may_is_refused_with_the_rows_that_fit()
        => Assert.Equal(", line 11: 10 rows of 2 features need more than the 0 MiB that a stream may take; read fewer rows with --limit 8, or leave columns out with --ignore.",
            Problem("a,b,y\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i},1,{i % 2}\n")), options: o => o with { BytesMax = 128 }));

    [Fact]
    public void Truncated_gzip_is_refused()
    {
        var gzip = TemporaryFolder.Gzip("a,y\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i * 7919 % 1000},{i % 2}\n")));
        var path = _folder.Write("s.csv.gz", gzip[..(gzip.Length / 2)]);

        var problem = Assert.Throws<FeedException>(() => StreamFile.Read(path, new() { Target = "y" }));

        Assert.Equal($"{path}: the gzip data end early (the file is truncated); fetch or compress the file again.", problem.Message);
    }

    [Fact]
    public void A_missing_file_an_empty_one_and_one_of_another_format_are_refused()
    {
        Assert.Equal(": there is no such file; check the name and the folder.", Assert.Throws<FeedException>(() => StreamFile.Read(_folder["none"], new() { Target = "y" })).Message[_folder["none"].Length..]);
        Assert.Equal(": the file is empty; give a file with rows.", Problem(""));
        Assert.EndsWith("this is a ZIP archive (or a workbook), not CSV text; unzip it, or save the sheet as CSV.", Problem("PK\u0003\u0004 and more"));
    }

    /// <summary>What is wrong with a file, without the file's name.</summary>
    private string Problem(string text, string target = "y", Func<StreamOptions, StreamOptions>? options = null)
    {
        var path = _folder.Write("s.csv", text);
        StreamOptions plain = new() { Target = target };
        var problem = Assert.Throws<FeedException>(() => StreamFile.Read(path, options?.Invoke(plain) ?? plain));
        Assert.StartsWith(path, problem.Message);
        return problem.Message[path.Length..];
    }
}
