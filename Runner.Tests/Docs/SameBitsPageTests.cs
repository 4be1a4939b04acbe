using System.Text.RegularExpressions;

namespace Cnn.Tests.Docs;

/// <summary>The tests that the page on bits names for its promises.</summary>
[Trait("Category", "Unit")]
public sealed partial class SameBitsPageTests
{
    private static readonly DocumentFile Page = DocumentFile.All.Single(f => f.Path == "docs/same-bits.md");

    [Fact]
    public void EveryTestThatThePageNamesExists()
    {
        HashSet<string> classes =
        [
            .. typeof(SameBitsPageTests).Assembly.GetTypes()
                .Where(t => t.GetMethods().Any(m => m.GetCustomAttributes(typeof(FactAttribute), true).Length > 0))
                .Select(t => t.Name),
        ];
        string[] named = [.. Page.Lines.SelectMany(Named)];

        Assert.True(named.Length > 15);
        Assert.Equal([], named.Where(name => !classes.Contains(name)).Distinct());
    }

    [Fact]
    public void EveryPromiseNamesATest()
    {
        string[] promises =
        [
            .. Page.Lines.SkipWhile(l => l != "## What is the same").TakeWhile(l => l != "## What is not")
                .Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(2),
        ];

        Assert.True(promises.Length >= 9);
        Assert.All(promises, row => Assert.NotEmpty(Named(row)));
    }

    private static IEnumerable<string> Named(string line) => TestName().Matches(line).Select(m => m.Groups[1].Value);

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*Tests)`")]
    private static partial Regex TestName();
}
