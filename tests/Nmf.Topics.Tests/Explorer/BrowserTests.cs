using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Nmf.Kernels;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>What a reader does with the page, in the browser of this machine.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly string[] Tabs = ["words", "documents", "time", "classes", "similar"];

    [Fact]
    public async Task A_click_on_a_topic_shows_its_words_and_texts()
    {
        await using var visit = await browser.Open(ExplorerPages.Example());
        Assert.Equal("Topic 1", await visit.Text("#detail-number"));
        await visit.Page.ClickAsync("#plane g[data-topic='2']");
        Assert.Equal("Topic 3", await visit.Text("#detail-number"));
        Assert.StartsWith("3", await visit.Text("#list [aria-selected='true']"), StringComparison.Ordinal);
        // Words of topic 2 are 2, 7, 12, …
        Assert.Matches(@"^word\d*[27]$", await visit.Text("#words button"));

        await visit.Page.ClickAsync("#tab-documents");
        await visit.Page.SelectOptionAsync("#order", "documents");
        Assert.Equal(10, await visit.Page.Locator("article").CountAsync());
        Assert.All(await visit.Texts("article mark.strong"), word => Assert.Matches(@"^word\d*[27]$", word));
        await visit.Page.ClickAsync("#more");
        Assert.Equal(30, await visit.Page.Locator("article").CountAsync());
        await visit.Page.ClickAsync("#list li:nth-child(1)");
        Assert.Equal("Topic 1", await visit.Text("#detail-number"));
        Assert.Equal(10, await visit.Page.Locator("article").CountAsync());
    }

    /// <summary>The order of the words is that of the library, for every λ.</summary>
    [Fact]
    public async Task The_slider_orders_words_by_relevance()
    {
        var relevance = TermRelevance.Of(
            ExplorerPages.Dictionary(60, 5, 3), [.. Enumerable.Range(1, 5).Select(t => 1.0 / t)]);
        await using var visit = await browser.Open(ExplorerPages.Example(options: new() { TermsPerTopic = 8 }));
        foreach (var lambda in new[] { 0, 0.25, 0.6, 1 })
        {
            await visit.Page.EvalOnSelectorAsync(
                "#lambda", "(e, value) => { e.value = value; e.dispatchEvent(new Event('input')); }", lambda);
            Assert.Equal(
                relevance.TopTerms(0, 8, lambda).Select(w => $"word{w}"), await visit.Texts("#words button"));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(60)]
    public async Task Circles_are_within_the_map(int topics)
    {
        const string Within = "[...document.querySelectorAll('#plane circle')].every(c => { const b = c.getBBox(), v = "
            + "document.getElementById('plane').viewBox.baseVal; return b.x >= 0 && b.y >= 0 "
            + "&& b.x + b.width <= v.width && b.y + b.height <= v.height; })";
        await using var visit = await browser.Open(new TopicExplorer(
            ExplorerPages.Dictionary(240, topics, 3), [.. Enumerable.Repeat(1.0, topics)],
            [.. Enumerable.Range(0, 240).Select(w => $"word{w}")]));
        Assert.Equal(topics, await visit.Page.Locator("#plane circle").CountAsync());
        Assert.True(await visit.Value<bool>(Within));
        // Those of a word, too, whichever topic has most of it.
        for (var t = 1; t <= topics; t++)
        {
            await visit.Page.ClickAsync($"#list li:nth-child({t})");
            await visit.Page.ClickAsync("#words li:first-child button");
            Assert.True(await visit.Value<bool>(Within), $"{t}");
        }
    }

    [Fact]
    public async Task A_word_shows_its_topics_on_the_map()
    {
        await using var visit = await browser.Open(ExplorerPages.Example());
        var size = "Number(document.querySelector('#plane g[data-topic=\"1\"] circle').getAttribute('r'))";
        var before = await visit.Value<double>(size);
        await visit.Page.ClickAsync("#words li:first-child button");
        Assert.Equal("true", await visit.Page.GetAttributeAsync("#words li:first-child button", "aria-pressed"));
        Assert.Contains("Sizes are the topics of", await visit.Text("#word-note"), StringComparison.Ordinal);
        Assert.NotEqual(before, await visit.Value<double>(size));
        await visit.Page.ClickAsync("#word-note button");
        Assert.Equal(before, await visit.Value<double>(size));
    }

    [Fact]
    public async Task Search_finds_words_topics_and_texts()
    {
        await using var visit = await browser.Open(ExplorerPages.Example(options: new()
        {
            TopicNames = ["Ärger", null, null, null, null],
        }));
        await visit.Page.PressAsync("body", "/");
        await visit.Page.Keyboard.TypeAsync("arger");
        Assert.StartsWith("1: Ärger", await visit.Text("#results li"), StringComparison.Ordinal);

        await visit.Page.FillAsync("#search", "word13");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("result-0", await visit.Page.GetAttributeAsync("#search", "aria-activedescendant"));
        await visit.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("Topic 4", await visit.Text("#detail-number"));
        Assert.False(await visit.Page.Locator("#results").IsVisibleAsync());

        await visit.Page.FillAsync("#search", "number 17.");
        await visit.Page.ClickAsync("#results li");
        Assert.Equal("Text 17", await visit.Text("article h3"));
        await visit.Page.FillAsync("#search", "nowhere to be found");
        Assert.Equal("Nothing found.", await visit.Text("#results li"));
        await visit.Page.PressAsync("#search", "Escape");
        Assert.False(await visit.Page.Locator("#results").IsVisibleAsync());
    }

    [Fact]
    public async Task Labels_are_in_list_map_and_heading_and_names_of_the_user_win()
    {
        var labels = Enumerable.Range(0, 5).Select(
            t => (IReadOnlyList<TopicLabel>)[new($"label of {t}", 2, 9), new($"other of {t}", 1, 9)]).ToArray();
        await using var visit = await browser.Open(ExplorerPages.Example(options: new()
        {
            Labels = labels, TopicNames = [null, "Mine", null, null, null],
        }));
        Assert.Equal("label of 0", await visit.Text("#detail-name"));
        Assert.Contains("Other labels: “other of 0”.", await visit.Text("#detail-note"), StringComparison.Ordinal);
        var rows = await visit.Texts("#list li");
        Assert.Contains("label of 0\nword", rows[0], StringComparison.Ordinal);
        Assert.Contains("Mine", rows[1], StringComparison.Ordinal);
        Assert.Equal(
            ["label of 0", "Mine", "label of 2", "label of 3", "label of 4"],
            await visit.Page.Locator("#plane .name").AllTextContentsAsync());
        await visit.Page.ClickAsync("#next");
        Assert.Contains(
            "Labels from the texts: “label of 1”, “other of 1”.", await visit.Text("#detail-note"),
            StringComparison.Ordinal);
        // A label finds its topic, also where the user has another name for it.
        await visit.Page.FillAsync("#search", "other of 3");
        await visit.Page.PressAsync("#search", "Enter");
        Assert.Equal("label of 3", await visit.Text("#detail-name"));
    }

    /// <summary>Whatever the names are, those that are seen are within the map and not over each other.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    public async Task Names_on_the_map_do_not_cover_each_other(int topics)
    {
        const string Overlaps = """
            (() => {
              const boxes = [...document.querySelectorAll('#plane .name')]
                .filter(name => getComputedStyle(name).visibility === 'visible' && !name.classList.contains('chosen'))
                .map(name => name.getBBox());
              const view = document.getElementById('plane').viewBox.baseVal;
              const out = boxes.filter(b => b.x < 0 || b.y < -2 || b.x + b.width > view.width
                || b.y + b.height > view.height + 2).length;
              const over = boxes.filter((a, i) => boxes.some((b, j) => j < i && a.x < b.x + b.width
                && b.x < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height)).length;
              return [boxes.length, out, over];
            })()
            """;
        await using var visit = await browser.Open(new TopicExplorer(
            ExplorerPages.Dictionary(240, topics, 3), [.. Enumerable.Range(1, topics).Select(t => 9.0 + t)],
            ExplorerPages.Words(240), new()
            {
                TopicNames = [.. Enumerable.Range(0, topics).Select(t => $"A name of {t}")],
            }));
        var found = await visit.Value<int[]>(Overlaps);
        Assert.InRange(found[0], 4, topics);
        Assert.Equal([0, 0], found[1..]);
    }

    [Fact]
    public async Task Representative_texts_differ_and_the_strongest_are_a_choice_away()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 1, 0, 1, 0, 0, 1], 4, 2), [1, 1], ["boat", "sail", "wind", "bread"]);
        for (var n = 0; n < 6; n++)
            explorer.Add([9, 0], new() { Text = $"Boat, sail and wind! {n}" });
        explorer.Add([4, 0], new() { Text = "wind" });
        explorer.Add([3, 0], new() { Text = "sail" });
        explorer.Add([0, 1], new() { Text = "bread" });
        await using var visit = await browser.Open(explorer);
        await visit.Page.ClickAsync("#tab-documents");
        Assert.Equal(3, await visit.Page.Locator("article").CountAsync());
        Assert.Single(await visit.Texts("article p[dir]"), text => text.StartsWith("Boat", StringComparison.Ordinal));
        Assert.Contains("differs from those above", await visit.Text("#documents-note"), StringComparison.Ordinal);
        await visit.Page.SelectOptionAsync("#order", "documents");
        Assert.Equal(8, await visit.Page.Locator("article").CountAsync());
        Assert.Contains("The 8 documents with most", await visit.Text("#documents-note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_over_time_and_per_class_have_intervals()
    {
        await using var visit = await browser.Open(ExplorerPages.Example());
        var data = ExplorerPages.Data(ExplorerPages.Example());
        await visit.Page.ClickAsync("#tab-time");
        // Above and below the line wherever there are documents.
        Assert.True(await visit.Value<bool>("""
            (() => {
              const band = document.querySelector('.chart .band').getBBox();
              return [...document.querySelectorAll('.chart circle')].every(circle => {
                const [x, y] = ['cx', 'cy'].map(name => Number(circle.getAttribute(name)));
                return y >= band.y - 0.2 && y <= band.y + band.height + 0.2 && x >= band.x - 0.2
                  && x <= band.x + band.width + 0.2;
              });
            })()
            """));
        await visit.Page.ClickAsync("#time summary");
        Assert.Equal(
            $"{data.GetProperty("time").GetProperty("lower")[0][0].GetInt32() / 100.0:0.00} %",
            await visit.Text("#time tr:nth-child(2) td:nth-child(3)"));
        await visit.Page.ClickAsync("#tab-classes");
        Assert.Equal(2, await visit.Page.Locator("#classes .interval").CountAsync());
        Assert.Matches(@"^\d+ % \(\d+(\.\d)? to \d+(\.\d)? %\)$", await visit.Text("#classes small"));
        Assert.True(await visit.Value<bool>("""
            [...document.querySelectorAll('#classes li')].every(row => {
              const [bar, line] = ['.in', '.interval'].map(name => row.querySelector(name).getBoundingClientRect());
              return line.left <= bar.right + 0.5 && line.right >= bar.right - 0.5;
            })
            """));
    }

    [Fact]
    public async Task Groups_open_close_and_choose_topics()
    {
        await using var visit = await browser.Open(ExplorerPages.Grouped());
        await visit.Page.SelectOptionAsync("#sort", "groups");
        Assert.False(await visit.Page.Locator("#list").IsVisibleAsync());
        // Two groups of eight topics, of which that of the chosen one is open.
        Assert.Equal(["true", "false"], await Expanded());
        Assert.Equal(10, await visit.Page.Locator("#tree li").CountAsync());
        await visit.Page.ClickAsync("#open-all");
        Assert.Equal(18, await visit.Page.Locator("#tree li").CountAsync());
        await visit.Page.ClickAsync("#open-all");
        Assert.Equal(2, await visit.Page.Locator("#tree li").CountAsync());

        await visit.Page.ClickAsync("#tree li:nth-child(2)");
        Assert.Equal(10, await visit.Page.Locator("#tree li").CountAsync());
        Assert.Equal(8, await visit.Page.Locator("#plane .grouped").CountAsync());
        Assert.Contains("Marked are the 8 topics", await visit.Text("#word-note"), StringComparison.Ordinal);
        await visit.Page.ClickAsync("#tree li:nth-child(3)");
        var chosen = await visit.Text("#detail-number");
        Assert.StartsWith(chosen[6..], await visit.Text("#tree [aria-selected='true']"), StringComparison.Ordinal);

        // By keys: to the group, closed, to the other, opened, its first topic.
        foreach (var key in new[] { "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight" })
            await visit.Page.Keyboard.PressAsync(key);
        Assert.NotEqual(chosen, await visit.Text("#detail-number"));
        Assert.Equal("treeitem", await visit.Value<string>("document.activeElement.getAttribute('role')"));
        Assert.Equal("2", await visit.Value<string>("document.activeElement.getAttribute('aria-level')"));
        await visit.Page.Keyboard.PressAsync("End");
        Assert.Equal("1", await visit.Value<string>("document.activeElement.getAttribute('aria-level')"));
        await visit.Page.Keyboard.PressAsync("Home");
        Assert.Equal(["true", "false"], await Expanded());
        // A topic that is chosen elsewhere is shown in its group.
        await visit.Page.ClickAsync("#plane g[data-topic='15']");
        Assert.StartsWith("16", await visit.Text("#tree [aria-selected='true']"), StringComparison.Ordinal);
        await visit.Page.SelectOptionAsync("#sort", "size");
        Assert.Equal(0, await visit.Page.Locator("#plane .grouped").CountAsync());
        Assert.True(await visit.Page.Locator("#list").IsVisibleAsync());

        async Task<string[]> Expanded() => await visit.Value<string[]>(
            "[...document.querySelectorAll('#tree [aria-expanded]')].map(row => row.getAttribute('aria-expanded'))");
    }

    [Fact]
    public async Task Topics_that_are_nearly_the_same_are_marked()
    {
        var dictionary = ExplorerPages.Dictionary(60, 5, 3);
        for (var w = 0; w < 60; w++)
            dictionary[w, 4] = dictionary[w, 1] * 1.01f;
        await using var visit = await browser.Open(
            new TopicExplorer(dictionary, [5, 4, 3, 2, 1], ExplorerPages.Words(60)));
        Assert.Equal(2, await visit.Page.Locator("#plane .twin").CountAsync());
        Assert.Equal(
            ["; nearly the same words as topic 5", "; nearly the same words as topic 2"],
            await visit.Page.Locator("#list em").EvaluateAllAsync<string[]>(
                "all => all.map(mark => mark.getAttribute('aria-label'))"));
        Assert.Equal("", await visit.Text("#twins"));
        await visit.Page.ClickAsync("#list li:nth-child(2)");
        Assert.StartsWith("≈ Nearly the same words as 5:", await visit.Text("#twins"), StringComparison.Ordinal);
        await visit.Page.ClickAsync("#twins button");
        Assert.Equal("Topic 5", await visit.Text("#detail-number"));
    }

    [Fact]
    public async Task Keys_reach_everything()
    {
        await using var visit = await browser.Open(ExplorerPages.Example());
        HashSet<string> reached = [];
        for (var i = 0; i < 60; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            reached.Add(await visit.Value<string>(
                "(document.activeElement.id || document.activeElement.closest('[id]')?.id) ?? ''"));
        }

        string[] wanted = ["search", "theme", "sort", "list", "plane", "previous", "next", "tab-words", "lambda"];
        Assert.Empty(wanted.Except(reached));

        await visit.Page.FocusAsync("#list [aria-selected='true']");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("Topic 2", await visit.Text("#detail-number"));
        Assert.Equal("true", await visit.Value<string>("document.activeElement.getAttribute('aria-selected')"));
        await visit.Page.Keyboard.PressAsync("End");
        Assert.Equal("Topic 5", await visit.Text("#detail-number"));

        await visit.Page.FocusAsync("#tab-words");
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("tab-similar", await visit.Value<string>("document.activeElement.id"));
        Assert.True(await visit.Page.Locator("#matrix").IsVisibleAsync());

        // From any topic the arrows lead to another, and back to where the focus is seen.
        await visit.Page.FocusAsync("#plane g[aria-pressed='true']");
        var before = await visit.Text("#detail-number");
        foreach (var key in new[] { "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown" })
            await visit.Page.Keyboard.PressAsync(key);
        Assert.Equal(
            "Topic " + (1 + await visit.Value<int>("Number(document.activeElement.dataset.topic)")),
            await visit.Text("#detail-number"));
        Assert.StartsWith("Topic", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_follow_the_system_until_the_button_says_otherwise()
    {
        const string Background = "getComputedStyle(document.documentElement).backgroundColor";
        await using var dark = await browser.Open(ExplorerPages.Example(), scheme: ColorScheme.Dark);
        await using var light = await browser.Open(ExplorerPages.Example());
        var (night, day) = (await dark.Value<string>(Background), await light.Value<string>(Background));
        Assert.NotEqual(night, day);
        await dark.Page.ClickAsync("#theme");
        Assert.Equal(day, await dark.Value<string>(Background));
        await light.Page.ClickAsync("#theme");
        Assert.Equal(night, await light.Value<string>(Background));
    }

    [Theory]
    [InlineData(380, ColorScheme.Light)]
    [InlineData(800, ColorScheme.Dark)]
    [InlineData(1400, ColorScheme.Light)]
    public async Task Nothing_is_wider_than_the_window_and_everybody_can_read_it(int width, ColorScheme scheme)
    {
        await using var visit = await browser.Open(ExplorerPages.Example(), width, scheme);
        foreach (var tab in Tabs)
        {
            await visit.Page.SelectOptionAsync("#sort", tab is "words" or "time" ? "groups" : "size");
            await visit.Page.ClickAsync($"#tab-{tab}");
            Assert.Equal(width, await visit.Value<int>("document.documentElement.scrollWidth"));
            var found = await visit.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
            Assert.Empty(found.Violations.Select(
                v => $"{tab}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(node => node.Html))}"));
        }
    }

    [Fact]
    public async Task Hostile_texts_are_shown_as_texts()
    {
        foreach (var row in HostileTextTests.Hostile)
        {
            await using var visit = await browser.Open(HostileTextTests.Page(row.Data));
            foreach (var tab in Tabs)
            {
                await visit.Page.ClickAsync($"#tab-{tab}");
                Assert.Equal(1400, await visit.Value<int>("document.documentElement.scrollWidth"));
            }

            await visit.Page.SelectOptionAsync("#sort", "groups");
            await visit.Page.FillAsync("#search", row.Data.Trim('\r', '\n', '\t', '\0', ' '));
            await visit.Page.PressAsync("#search", "Enter");
            Assert.True(await visit.Value<bool>("window.attacked === undefined"));
            Assert.Equal(0, await visit.Value<int>("document.querySelectorAll('img, iframe, object').length"));
            Assert.Equal(2, await visit.Value<int>("document.querySelectorAll('script').length"));
        }
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 40, 1)]
    public async Task Small_models_have_right_pages(int terms, int topics, int documents)
    {
        await using var visit = await browser.Open(Small(terms, topics, documents));
        foreach (var tab in Tabs.Where(tab => documents > 0 || tab is not ("time" or "classes")))
            await visit.Page.ClickAsync($"#tab-{tab}");
        Assert.Equal(topics, await visit.Page.Locator("#list li").CountAsync());
        Assert.DoesNotContain("NaN", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(documents > 0, await visit.Page.Locator("#tab-time").IsVisibleAsync());
        await visit.Page.ClickAsync("#next");
        Assert.Equal(topics == 1 ? "Topic 1" : "Topic 2", await visit.Text("#detail-number"));
    }

    [Fact]
    public async Task A_model_of_zeros_has_a_page()
    {
        await using var visit = await browser.Open(new TopicExplorer(new Matrix<float>(3, 2), [0, 0], ["a", "b", "c"]));
        Assert.Equal("(no words)", await visit.Text("#detail-name"));
        Assert.Contains("zero", await visit.Text("#detail-note"), StringComparison.Ordinal);
        await visit.Page.ClickAsync("#tab-similar");
        Assert.DoesNotContain("NaN", await visit.Page.ContentAsync(), StringComparison.Ordinal);
    }

    private static TopicExplorer Small(int terms, int topics, int documents)
    {
        var dictionary = new Matrix<float>(terms, topics);
        for (var t = 0; t < topics; t++)
            dictionary[t % terms, t] = 1;
        var explorer = new TopicExplorer(
            dictionary, [.. Enumerable.Range(1, topics).Select(t => 1.0 / t)], ExplorerPages.Words(terms));
        for (var n = 0; n < documents; n++)
        {
            explorer.Add([.. Enumerable.Repeat(1f, topics)], new()
            {
                Text = $"word0 {n}", Date = new DateTime(2020, 1, 1), Class = "one",
            });
        }

        return explorer;
    }
}
