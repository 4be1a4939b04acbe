using System.Text;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public class YamlErrorTests
{
    [Theory]
    [InlineData(
        "layer:\n- convolution_param: {num_outputs: 3}",
        "f:2:23: unknown field 'num_outputs' in ConvolutionParameter; did you mean 'num_output'?")]
    [InlineData("name: a\nname: b", "f:2:1: key 'name' is given twice")]
    [InlineData("name: a\n---\nname: b", "f:2:1: the file holds several YAML documents")]
    [InlineData("layer: {pooling_param: {pool: MAXX}}", "f:1:31: unknown PoolMethod 'MAXX'; did you mean 'MAX'?")]
    [InlineData("input_dim: [1, 3000000000]", "f:1:16: 3000000000 is out of the range of int32")]
    [InlineData(
        "input_dim: \"3\"",
        "f:1:12: expected a whole number for 'input_dim', found the quoted text '3'; write it without quotes")]
    [InlineData("input_dim: !!str 3", "f:1:12: expected a whole number for 'input_dim'")]
    [InlineData("name: [a]", "f:1:7: field 'name' takes one value, not a list")]
    [InlineData("name: {a: b}", "f:1:7: expected text for 'name', found a map")]
    [InlineData("name:\nforce_backward: true", "found nothing; write \"\" for empty text")]
    [InlineData("state: TEST", "f:1:8: expected a map, the NetState for 'state', found 'TEST'")]
    [InlineData("input: [[a]]", "f:1:9: a list inside a list")]
    [InlineData("- a", "f:1:1: expected a map, the NetParameter, found a list")]
    [InlineData("{a: b}: c", "a key is a plain name")]
    [InlineData("name: !mine a", "f:1:7: tag '!mine' has no meaning here")]
    [InlineData("layer: {clip_param: {min: 1}}", "f:1:21: required field 'max' of ClipParameter is missing")]
    [InlineData("name: *x", "f:1:7: no anchor '&x' stands before this alias")]
    [InlineData("layer: &x\n- *x", "f:2:3: alias '*x' stands inside its own anchor")]
    [InlineData("layer:\n- <<: 3", "f:2:7: expected a map to merge, found '3'; '<<' takes an alias to a map")]
    [InlineData("layer:\n- {a", "f:3:1: ',' or '}' is missing in a map in braces")]
    [InlineData("input: [a }", "',' or ']' is missing in a list in brackets")]
    [InlineData("name: a\n\tb: c", "f:1:7: ")]
    [InlineData("name: \"open", "f:1:7: the text in quotes does not end; add the closing quote")]
    [InlineData("name: %x\n@", "f:1:7: this character starts nothing in YAML; put the text in quotes")]
    [InlineData("name: @x", "f:1:7: this character starts nothing in YAML; put the text in quotes")]
    [InlineData("name: a: b", "a key and ':' cannot stand here; quote a text that holds ': '")]
    [InlineData("name: - a", "'-' cannot start an element of a list here")]
    [InlineData("layer:\n- name: a\n type: b", "f:3:2: a key was expected; the keys of a map stand below each other")]
    [InlineData("layer:\n  name: a\n type: b", "a key was expected")]
    [InlineData("name: a\nforce_backward", "':' is missing after a key")]
    [InlineData(
        "name: \"C:\\dir\"", "the escape after '\\' is unknown; write \\\\ for a backslash, or use single quotes")]
    [InlineData("name: \"\\xg\"", "the escape lacks a hexadecimal digit")]
    [InlineData("name: &a &b c", "a value has two anchors")]
    [InlineData("name: !a!b c", "the tag's prefix is not defined")]
    [InlineData("%YAML 3.0\n---\nname: a", "the file asks for another version of YAML")]
    [InlineData("layer: {plugin_param: {1a: 3}}", "f:1:24: expected the name of an option, found '1a'")]
    [InlineData("layer: {plugin_param: {a: [[1]]}}", "f:1:28: a list inside a list")]
    public void EveryMistakeIsToldWithItsPlace(string yaml, string message)
    {
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<NetParameter>(yaml, "f"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.All(error.Diagnostics, d => Assert.NotNull(d.Location));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void NoWordsOfTheParserReachTheUser(string text)
    {
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<NetParameter>(text, "f"));
        Assert.DoesNotContain("While ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not find expected", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABrokenBase64IsToldWithItsPlace()
    {
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<Datum>("data: !!binary a=b", "f"));
        Assert.StartsWith("f:1:7: the text after !!binary is not base64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakesAreToldWithTheirLines()
    {
        var error = Assert.Throws<CnnException>(
            () => YamlFormat.Parse<NetParameter>("nmae: a\nlayer:\n- tpye: b\n- name: c\n  botom: d\n", "f"));
        Assert.Equal(["nmae: a", "- tpye: b", "  botom: d"], error.Diagnostics.Select(d => d.Location!.LineText));
    }

    [Fact]
    public void AFileFullOfMistakesIsGivenUp()
    {
        string text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"wrong{i}: 1\n"));
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<NetParameter>(text, "f"));
        Assert.Equal(51, error.Diagnostics.Count);
    }

    public static TheoryData<string> Hostile() => new(
        "layer: " + new string('[', 100_000),
        "layer: " + string.Concat(Enumerable.Repeat("{plugin_param: ", 100_000)),
        string.Concat(Enumerable.Range(0, 3000).Select(i => new string(' ', i) + "a:\n")),
        Laughs("[{0}]"),
        Laughs("{{x: [{0}]}}"),
        Laughs("{{<<: [{0}]}}"),
        "layer: {plugin_param: {"
            + string.Join(
                ",", Enumerable.Range(0, 120).Select(i => $"a{i}: &n{i} {{x: {(i == 0 ? "1" : $"*n{i - 1}")}}}"))
            + "}}",
        "? ? ? ? ? ? ?",
        new string('-', 50_000),
        "\0\u0001",
        "name: \"\\ud800\"",
        "%YAML 99999999999999999999.1\n---\n",
        "!<tag:\n>",
        "&a &b &c: *a");

    [Theory, MemberData(nameof(Hostile))]
    public void HostileTextIsRefusedWithAPlace(string text)
    {
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<NetParameter>(text, "f"));
        Assert.All(error.Diagnostics, d => Assert.NotNull(d.Location));
    }

    // Twelve levels of ten aliases each.
    private static string Laughs(string shape)
    {
        var text = new StringBuilder("layer:\n- plugin_param:\n    l0: &l0 {a: 1}\n");
        for (int i = 1; i < 12; i++)
        {
            string inner = string.Format(shape, string.Join(",", Enumerable.Repeat($"*l{i - 1}", 10)));
            text.Append($"    l{i}: &l{i} {inner}\n");
        }

        return text.ToString();
    }
}
