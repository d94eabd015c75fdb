using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hone.Host.Operating.Metrics;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4, straight into a buffer: no text is ever held as a whole.</summary>
internal sealed class PrometheusText(IBufferWriter<byte> output)
{
    /// <summary>Media type of the format.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private const int NumberBytesMax = 32;

    private MetricFamily _family = new("", MetricKind.Gauge, "");

    /// <summary>Bytes written since the count was last set back.</summary>
    public int Written { get; set; }

    /// <summary>Begins a metric: its samples follow without another one's between them.</summary>
    public void Family(MetricFamily family)
    {
        _family = family;
        Text("# HELP ");
        Text(family.Name);
        Text(" ");
        Escaped(family.Help, quotes: false);
        Text("\n# TYPE ");
        Text(family.Name);
        Text(family.Kind switch { MetricKind.Counter => " counter\n", MetricKind.Gauge => " gauge\n", _ => " histogram\n" });
    }

    /// <summary>A sample of the metric that was begun.</summary>
    /// <param name="value">Its value; NaN and infinities are values too.</param>
    /// <param name="labels">Values of its labels, in their order.</param>
    public void Sample(double value, params ReadOnlySpan<string> labels) => Sample("", labels, null, value);

    /// <summary>All samples of a histogram.</summary>
    public void Histogram(Histogram histogram, params ReadOnlySpan<string> labels)
    {
        var reading = histogram.Read();
        for (var b = 0; b < histogram.Bounds.Length; b++)
            Sample("_bucket", labels, histogram.BoundNames[b], reading.Cumulative[b]);
        Sample("_bucket", labels, "+Inf", reading.Count);
        Sample("_sum", labels, null, reading.SumSeconds);
        Sample("_count", labels, null, reading.Count);
    }

    private void Sample(string suffix, ReadOnlySpan<string> values, string? bound, double value)
    {
        if (values.Length != _family.Labels.Length)
            throw new ArgumentException($"{_family.Name} has {_family.Labels.Length} labels; {values.Length} values were given.", nameof(values));
        Text(_family.Name);
        Text(suffix);
        for (var i = 0; i < values.Length; i++)
        {
            Text(i == 0 ? "{" : ",");
            Text(_family.Labels[i]);
            Text("=\"");
            Escaped(values[i], quotes: true);
            Text("\"");
        }
        if (bound is not null)
        {
            Text(values.Length == 0 ? "{le=\"" : ",le=\"");
            Text(bound);
            Text("\"");
        }
        Text(values.Length > 0 || bound is not null ? "} " : " ");
        Number(value);
        Text("\n");
    }

    private void Number(double value)
    {
        if (double.IsNaN(value))
            Text("NaN");
        else if (double.IsInfinity(value))
            Text(value > 0 ? "+Inf" : "-Inf");
        else
        {
            var span = output.GetSpan(NumberBytesMax);
            value.TryFormat(span, out var length, default, CultureInfo.InvariantCulture);
            Advance(length);
        }
    }

    private void Escaped(string text, bool quotes)
    {
        var rest = text.AsSpan();
        while (true)
        {
            var next = quotes ? rest.IndexOfAny('\\', '\n', '"') : rest.IndexOfAny('\\', '\n');
            if (next < 0)
                break;
            Text(rest[..next]);
            Text(rest[next] switch { '\n' => "\\n", '"' => "\\\"", _ => "\\\\" });
            rest = rest[(next + 1)..];
        }
        Text(rest);
    }

    private void Text(ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
            return;
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private void Advance(int bytes)
    {
        output.Advance(bytes);
        Written += bytes;
    }
}
