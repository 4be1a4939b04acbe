using Cnn.Layers.Plugins.Compilation;

namespace Cnn.Tests.Layers.Plugins.Compilation;

[Trait("Category", "Unit")]
public class CompilerMessagesTests
{
    private const string Source = "first line\n\tsecond line\r\nthird line";

    [Theory]
    [InlineData(
        "/build/My.cs(2,7): error CS0103: The name 'x' does not exist. [/build/My.cs.csproj]",
        "mine/My.cs:2:7: The name 'x' does not exist (CS0103)")]
    [InlineData("/build/My.cs(3,1,3,9): error CS1002: ; expected", "mine/My.cs:3:1: ; expected (CS1002)")]
    [InlineData("/build/My.cs(1): error: Unrecognized directive 'x'.", "mine/My.cs:1:1: Unrecognized directive 'x'")]
    [InlineData(
        "/build/My.cs(9,1): error CS0022: Wrong number of indices inside []; expected 'int[]'",
        "mine/My.cs:9:1: Wrong number of indices inside []; expected 'int[]' (CS0022)")]
    [InlineData(
        "/build/My.cs.csproj : error NU1101: Unable to find package X in /build/feed",
        "the plug-in 'mine/My.cs' cannot be compiled: Unable to find package X in feed (NU1101)")]
    public void AnErrorIsToldAsOneOfOurs(string line, string expected)
    {
        CompilerMessages messages = Read(line);

        Assert.Empty(messages.Warnings);
        Assert.Equal(expected, Assert.Single(messages.Errors).ToString().Split('\n')[0]);
    }

    [Fact]
    public void TheLineOfTheSourceIsShown() => Assert.Equal(
        "mine/My.cs:2:2: text (CS1)\n     second line\n     ^",
        $"{Assert.Single(Read("/build/My.cs(2,2): error CS1: text").Errors)}");

    [Fact]
    public void MessagesAreInTheOrderOfTheFileAndToldOnce()
    {
        CompilerMessages messages = Read(
            """
            /build/My.cs(3,1): error CS3: c
            /build/My.cs(2,5): error CS2: b
            /build/My.cs(1,1): warning CS9: w
            /build/My.cs(2,1): error CS1: a
            /build/My.cs(3,1): error CS3: c
            """);

        Assert.Equal(["a (CS1)", "b (CS2)", "c (CS3)"], messages.Errors.Select(e => e.Message));
        Assert.Equal("w (CS9)", Assert.Single(messages.Warnings).Message);
    }

    [Fact]
    public void AFailureWithoutAMessageShowsTheEndOfTheOutput() => Assert.Equal(
        "the plug-in 'mine/My.cs' cannot be compiled; the build ends with: it broke",
        Read("\nit broke\n").AsError("mine/My.cs", "\nit broke\n").Message);

    private static CompilerMessages Read(string output) =>
        CompilerMessages.Read(output, "/build/My.cs", "mine/My.cs", Source);
}
