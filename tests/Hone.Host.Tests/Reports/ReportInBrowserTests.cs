using System.Net;
using System.Text.RegularExpressions;
using Hone.Host.Reports;

namespace Hone.Host.Tests.Reports;

/// <summary>What only a browser can say. Skipped where Chromium is not installed.</summary>
public sealed class ReportInBrowserTests
{
    private static readonly string[] Sections =
        ["figures", "price", "equity", "drawdown", "learning", "weights", "calibration", "feature-drift", "contributions", "months", "trades", "costs", "data-quality", "drifts", "reproduce"];

    [Fact]
    public void A_full_report_opens_under_its_own_policy_without_an_error_and_shows_every_section_in_order()
    {
        var (document, console) = Chromium.Open(HtmlReportTests.Html(SampleReport.Of()));

        AssertHealthy(document, console);
        Assert.Equal(Sections, Regex.Matches(document, "<section id=\"([^\"]+)\"").Select(m => m.Groups[1].Value));
        Assert.All(Regex.Matches(document, "<div class=\"plot\"[^>]*>").Select(m => m.Value), plot => Assert.Matches("aria-label=\"[^\"]{20,}\"", plot));
    }

    /// <summary>Uses every control of every market, the way a reader would, on the awkward reports.</summary>
    [Fact]
    public void Nothing_breaks_whatever_a_reader_does_with_empty_missing_huge_or_hostile_reports()
    {
        var hostile = HtmlReportTests.HostileReport();
        var report = SampleReport.OfSeveral(2, 300, 3, 120) with { Command = hostile.Command, ConfigJson = hostile.ConfigJson, Provenance = hostile.Provenance };
        report = report with
        {
            Symbols = [.. report.Symbols, SampleReport.Empty(), SampleReport.AllMissing(1), SampleReport.AllMissing(50), SampleReport.Market("ONE", 1, 1, 1, 0), SampleReport.Market("BIG", 2, 4096, 40, 2000), .. hostile.Symbols],
        };

        var (document, console) = Chromium.Open(WithScript(HtmlReportTests.Html(report), """
            Element.prototype.setPointerCapture = () => {};
            const root = document.documentElement, failures = [];
            const select = document.querySelector('#markets select');
            for (let view = 0; view < select.options.length; view++) {
              select.value = String(view);
              select.dispatchEvent(new Event('change'));
              const name = select.options[view].textContent.slice(0, 10);
              for (const plot of document.querySelectorAll('.plot, .overview')) {
                const box = plot.getBoundingClientRect();
                const send = (type, x, more) => plot.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + 30, pointerId: 1, pointerType: 'mouse', button: 0, bubbles: true, ...more }));
                send('pointermove', 50); send('pointerdown', 100); send('pointermove', 300); send('pointerup', 300);
                for (const key of ['ArrowLeft', 'ArrowRight', 'Home', 'End', '+', '-', 'PageUp', 'PageDown', '0', 'Escape']) plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
                for (const deltaY of [-200, 200]) plot.dispatchEvent(new WheelEvent('wheel', { deltaY, ctrlKey: true, clientX: box.left + 80, clientY: box.top + 20, bubbles: true, cancelable: true }));
                const touch = { pointerType: 'touch' };
                send('pointerdown', 100, touch); send('pointerdown', 200, { ...touch, pointerId: 2 }); send('pointermove', 260, { ...touch, pointerId: 2 });
                send('pointerup', 100, touch); send('pointercancel', 260, { ...touch, pointerId: 2 }); send('pointerleave', 0);
                plot.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
              }
              for (const part of document.querySelectorAll('main select')) for (const option of [...part.options]) { part.value = option.value; part.dispatchEvent(new Event('change')); }
              for (const part of document.querySelectorAll('main select')) { part.value = 'all'; part.dispatchEvent(new Event('change')); }
              const pages = [...document.querySelectorAll('#trades .pager')].map(p => p.textContent);
              for (const button of [...document.querySelectorAll('main button')]) {
                const row = button.closest('tbody tr');
                if (button.textContent === 'Copy' || button.closest('#market-list') || (row && row.rowIndex > 3)) continue;
                button.click();
                button.dispatchEvent(new FocusEvent('focus'));
              }
              if (name === 'BIG' && !pages[0].startsWith('1–50 of 2,000')) failures.push('pager ' + pages);
              const broken = /NaN|Infinity|undefined|\[object/.exec(document.querySelector('main').textContent);
              if (broken) failures.push(`${name}: ${broken[0]}: ` + document.querySelector('main').textContent.slice(broken.index - 40, broken.index + 40));
              for (const plot of document.querySelectorAll('.plot')) if (/NaN|undefined|\[object/.test(plot.getAttribute('aria-label'))) failures.push(`${name}: ${plot.getAttribute('aria-label')}`);
              if (root.dataset.errors !== '0') failures.push(`${name}: errors`);
            }
            document.getElementById('theme').click();
            dispatchEvent(new Event('beforeprint'));
            dispatchEvent(new Event('afterprint'));
            root.dataset.failures = failures.join(' | ');
            root.dataset.views = select.options.length;
            """));

        Assert.Equal("", Chromium.Attribute(document, "data-failures"));
        Assert.Equal("9", Chromium.Attribute(document, "data-views"));
        Assert.Null(Chromium.Attribute(document, "data-pwned"));
        AssertHealthy(document, console);
    }

    [Fact]
    public void The_trade_list_sorts_filters_and_pages()
    {
        var (document, console) = Chromium.Open(WithScript(HtmlReportTests.Html(SampleReport.Of(600, 2, 120)), """
            const trades = document.getElementById('trades'), seen = {};
            const column = i => [...trades.querySelectorAll('tbody tr')].map(row => row.children[i].textContent);
            const ascending = values => values.every((v, i) => i === 0 || values[i - 1] <= v);
            const head = text => [...trades.querySelectorAll('th button')].find(b => b.textContent === text);
            const number = text => Number(text.replace('−', '-').replace(/[+,%]/g, ''));
            head('Net').click();
            seen.falling = ascending(column(8).map(v => -number(v)));
            head('Net').click();
            seen.rising = ascending(column(8).map(number));
            const side = trades.querySelector('select');
            side.value = 'short';
            side.dispatchEvent(new Event('change'));
            seen.short = column(1).length > 0 && column(1).every(v => v.endsWith('short'));
            side.value = 'all';
            side.dispatchEvent(new Event('change'));
            trades.querySelectorAll('.pager button')[1].click();
            seen.page = trades.querySelector('.pager').textContent.startsWith('51–100 of 120');
            const find = trades.querySelector('input');
            find.value = 'stop';
            find.dispatchEvent(new Event('input'));
            seen.found = column(10).length > 0 && column(10).every(v => v === 'stop');
            document.documentElement.dataset.seen = Object.entries(seen).filter(([, ok]) => !ok).map(([name]) => name).join();
            """));

        Assert.Equal("", Chromium.Attribute(document, "data-seen"));
        AssertHealthy(document, console);
    }

    [Fact]
    public void On_a_phone_the_page_is_never_wider_than_the_screen()
    {
        // Headless windows have a least width above a phone's, so the report stands in a frame of 375 pixels.
        var report = SampleReport.OfSeveral(2, 400, 12, 80);
        report = report with { Symbols = [report.Symbols[0] with { Symbol = new('W', 60), Warnings = [new('x', 300)] }, report.Symbols[1]], Command = new string('-', 400) };
        var frame = WebUtility.HtmlEncode(HtmlReportTests.Html(report));
        var (document, _) = Chromium.Open($$"""
            <!doctype html><html><body><iframe width="375" height="740" srcdoc="{{frame}}"></iframe><script>
            document.querySelector('iframe').onload = e => {
              const page = e.target.contentDocument, root = page.documentElement, widths = [];
              for (const button of page.querySelectorAll('#markets button')) {
                button.click();
                widths.push(root.scrollWidth - root.clientWidth);
              }
              Object.assign(document.documentElement.dataset, { errors: root.dataset.errors, ready: root.dataset.ready, overflow: root.dataset.overflow, wider: String(Math.max(...widths) > 0), views: widths.length });
            };
            </script></body></html>
            """);

        Assert.Equal("3", Chromium.Attribute(document, "data-views"));
        Assert.Equal("false", Chromium.Attribute(document, "data-wider"));
        AssertHealthy(document, []);
    }

    private static void AssertHealthy(string document, IReadOnlyList<string> console)
    {
        Assert.Empty(console);
        Assert.Equal("0", Chromium.Attribute(document, "data-errors"));
        Assert.Equal("true", Chromium.Attribute(document, "data-ready"));
        Assert.Equal("false", Chromium.Attribute(document, "data-overflow"));
    }

    /// <summary>Adds a script at the end. The policy, which would refuse it, is taken out.</summary>
    private static string WithScript(string html, string script)
        => Regex.Replace(html, "<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "").Replace("</body>", $"<script>{{{script}}}</script></body>");
}
