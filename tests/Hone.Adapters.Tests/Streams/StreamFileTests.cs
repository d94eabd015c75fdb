using Hone.Adapters.Streams;
using Hone.Adapters.Tests.Feeds;

namespace Hone.Adapters.Tests.Streams;

/// <summary>Files of rows become tables of numbers.</summary>
public sealed class StreamFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_become_features_and_few_whole_numbers_of_the_target_become_classes_in_their_order()
    {
        var table = Read("a,b,y\n1,2.5,7\n-3,1e2,-1\n0.5,4,7\n");

        Assert.Equal(["a", "b"], table.Features);
        Assert.Equal([1, 2.5, -3, 100, 0.5, 4], table.Values);
        Assert.Equal(StreamTask.Classification, table.Task);
        Assert.Equal(["-1", "7"], table.Classes);
        Assert.Equal([1, 0, 1], table.Labels);
        Assert.Equal((3, "s"), (table.Rows, table.Name));
    }

    [Fact]
    public void The_target_may_stand_anywhere_and_texts_are_classes_in_order_of_appearance()
    {
        var table = Read("y,a\nup,1\ndown,2\nup,3\n");

        Assert.Equal(["up", "down"], table.Classes);
        Assert.Equal([0, 1, 0], table.Labels);
        Assert.Equal([1.0, 2, 3], table.Values);
    }

    [Fact]
    public void Fractions_are_predicted_as_numbers_and_the_task_can_be_told()
    {
        Assert.Equal([0.5, 2, 1], Read("a,y\n1,0.5\n2,2\n3,1\n").Targets);
        Assert.Equal([0.0, 2, 1], Read("a,y\n1,0\n2,2\n3,1\n", task: StreamTask.Regression).Targets);
        var classes = Read("a,y\n1,0.5\n2,2\n3,0.5\n", task: StreamTask.Classification);
        Assert.Equal(["0.5", "2"], classes.Classes);
    }

    [Fact]
    public void More_than_a_hundred_whole_numbers_are_a_number_to_predict()
    {
        string File(int values) => "a,y\n" + string.Concat(Enumerable.Range(0, values).Select(i => $"{i % 7},{i}\n"));

        Assert.Equal(StreamTask.Classification, Read(File(100)).Task);
        Assert.Equal(StreamTask.Regression, Read(File(101)).Task);
        Assert.Equal(101, Read(File(101), task: StreamTask.Classification).Classes.Count);
    }

    [Fact]
    public void A_text_becomes_one_feature_for_each_value_and_a_missing_one_is_missing_in_all()
    {
        var table = Read("a,wind,y\n1,SE,0\n2,NW,1\n3,,0\n4,SE,1\n");

        Assert.Equal(["a", "wind=SE", "wind=NW"], table.Features);
        Assert.Equal([1, 1, 0, 2, 0, 1, 3, double.NaN, double.NaN, 4, 1, 0], table.Values);
        Assert.Contains("'wind' is text: 2 features, one for each value", table.Notices);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("-")]
    public void Missing_values_are_NaN_and_counted(string missing)
    {
        var table = Read($"a,b,y\n1,2,0\n{missing},3,1\n");

        Assert.Equal([1, 2, double.NaN, 3], table.Values);
        Assert.Contains("1 missing value in 1 column: each learner handles them in its own way", table.Notices);
    }

    [Fact]
    public void A_notice_about_a_column_cannot_move_the_cursor()
        => Assert.Contains("'?[31mwhen' is a time and left out", Read("\u001b[31mwhen,a,y\n2020-01-01,1,0\n2020-01-02,2,1\n").Notices);

    [Fact]
    public void Rows_without_a_target_are_left_out_and_counted()
    {
        var table = Read("a,y\n1,0\n2,?\n3,1\n4,\n");

        Assert.Equal([1.0, 3], table.Values);
        Assert.Equal(2, table.RowsWithoutTarget);
        Assert.Contains("2 rows have no value in 'y' and are left out", table.Notices);
    }

    [Fact]
    public void Times_and_empty_columns_are_left_out_with_a_notice()
    {
        var table = Read("at,a,empty,y\n2020-01-01T00:00:00Z,1,,0\n2020-01-01T01:00:00Z,2,,1\n");

        Assert.Equal(["a"], table.Features);
        Assert.Contains("'at' is a time and left out", table.Notices);
        Assert.Contains("'empty' is empty and left out", table.Notices);
    }

    [Fact]
    public void Columns_can_be_ignored_whatever_is_in_them()
        => Assert.Equal(["a"], Read("id,a,y\nx1,1,0\n5,2,1\n", ignore: ["id"]).Features);

    [Fact]
    public void Quoted_fields_may_hold_separators_quotes_and_line_ends()
    {
        var table = Read("\"the, name\",\"n\"\"m\",y\r\n\"1.5\",\"a, \"\"b\"\"\",0\r\n2,\"two\nlines\",1\r\n\r\n3,\"a, \"\"b\"\"\",0\r\n");

        Assert.Equal(["the, name", "n\"m=a, \"b\"", "n\"m=two\nlines"], table.Features);
        Assert.Equal([1.5, 1, 0, 2, 0, 1, 3, 1, 0], table.Values);
    }

    [Theory]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public void Other_separators_are_recognised(string separator)
        => Assert.Equal([1, 2, 3, 4], Read("a,b,y\n1,2,0\n3,4,1\n".Replace(",", separator)).Values);

    [Fact]
    public void Gzip_is_read_by_content_whatever_the_name()
    {
        var path = _folder.Write("s.csv", TemporaryFolder.Gzip("a,y\n1,0\n2,1\n"));

        Assert.Equal([1.0, 2], StreamFile.Read(path, new() { Target = "y" }).Values);
    }

    [Fact]
    public void A_mark_of_byte_order_is_no_part_of_the_first_name()
        => Assert.Equal(["a"], Read("\uFEFFa,y\n1,0\n2,1\n").Features);

    [Fact]
    public void The_limit_counts_rows_with_a_target()
    {
        var table = Read("a,y\n1,?\n2,0\n3,1\n4,2\n", rowsMax: 2);

        Assert.Equal([2.0, 3], table.Values);
        Assert.Equal(["0", "1"], table.Classes);
    }

    [Fact]
    public void A_stream_longer_than_a_chunk_is_whole()
    {
        var table = Read("a,b,y\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i},{-i},{i % 3}\n")));

        Assert.Equal(10_000, table.Rows);
        Assert.All([0, 4095, 4096, 8191, 8192, 9999], i =>
        {
            Assert.Equal([i, -i], table.Row(i).ToArray());
            Assert.Equal(i % 3, table.Labels[i]);
        });
    }

    [Fact]
    public void Arff_has_its_names_types_values_and_comments()
    {
        var table = Read("""
            % a comment
            @RELATION 'a b'

            @attribute 'the time' date "yyyy-MM-dd"
            @ATTRIBUTE "price in $" NUMERIC % no comment here
            @attribute day {mon, 'the rest', "it's"}
            @attribute note string
            @attribute count integer
            @attribute class {no, yes, never}
            @DATA
            '2020-01-01', 1.5, 'the rest', 'some, text', 3, yes
            % between rows

            '2020-01-02',?,"it's",?,4,no
            2020-01-03, 2e1, mon, x, ?, yes
            """, target: "class");

        Assert.Equal(["price in $", "day=mon", "day=the rest", "day=it's", "count"], table.Features);
        Assert.Equal([1.5, 0, 1, 0, 3, double.NaN, 0, 0, 1, 4, 20, 1, 0, 0, double.NaN], table.Values);
        Assert.Equal(["no", "yes", "never"], table.Classes);
        Assert.Equal([1, 0, 1], table.Labels);
        Assert.Contains("'note' is free text and left out", table.Notices);
        Assert.Contains("'the time' is a time and left out", table.Notices);
    }

    [Fact]
    public void A_delay_column_of_rows_is_no_feature()
    {
        var table = Read("a,late,y\n1,0,0\n2,3,1\n3,,0\n", delayColumn: "late");

        Assert.Equal(["a"], table.Features);
        Assert.Equal([0, 3, StreamDelays.Never], table.Delays!.Rows!);
        Assert.Contains("'late' is empty in 1 rows: their labels are scored and never learned", table.Notices);
    }

    [Fact]
    public void A_delay_column_of_times_is_compared_with_the_time_of_the_rows()
    {
        var table = Read("at,known,a,y\n2020-01-01,2020-01-02T12:00:00Z,1,0\n2020-01-02,2020-01-02,2,1\n", delayColumn: "known");

        var day = 86_400_000_000;
        Assert.Equal([0, day], table.Delays!.TimesUs!.Select(t => t - table.Delays.TimesUs![0]));
        Assert.Equal([day * 3 / 2, day], table.Delays.KnownAtUs!.Select(t => t - table.Delays.TimesUs![0]));
    }

    private StreamTable Read(string text, string target = "y", StreamTask? task = null, string? delayColumn = null, IReadOnlyList<string>? ignore = null, long? rowsMax = null)
        => StreamFile.Read(_folder.Write("s.csv", text), new() { Target = target, Task = task, DelayColumn = delayColumn, Ignore = ignore ?? [], RowsMax = rowsMax });
}
