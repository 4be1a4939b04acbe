using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

/// <summary>
/// An upgraded definition as printed text, in which a field set to its default differs from one that is absent.
/// </summary>
internal sealed record Upgraded(string Text, IReadOnlyList<Diagnostic> Warnings)
{
    public static Upgraded Net(string text)
    {
        var sources = new SourceMap();
        var warnings = new List<Diagnostic>();
        NetParameter net = NetUpgrade.Upgrade(TextFormat.Parse<NetParameter>(text, "n", sources), sources, warnings);
        return new Upgraded(TextFormat.Print(net), warnings);
    }

    /// <summary>Fails unless the text becomes another without loss.</summary>
    public static void AssertNet(string expected, string text)
    {
        Upgraded upgraded = Net(text);
        Assert.Equal(Canonical(expected), upgraded.Text);
        Assert.Empty(upgraded.Warnings);
    }

    /// <summary>Returns a net's text as it is printed.</summary>
    public static string Canonical(string net) => TextFormat.Print(TextFormat.Parse<NetParameter>(net, "expected"));
}
