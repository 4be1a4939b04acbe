using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public class YamlRoundTripTests
{
    public static TheoryData<string> MessageTypes() => [.. RandomMessage.Types.Select(m => m.FullName)];

    [Theory, MemberData(nameof(MessageTypes))]
    public void PrototxtToYamlToPrototxtGivesTheSameMessage(string type)
    {
        MessageDescriptor descriptor = RandomMessage.Types.Single(m => m.FullName == type);
        for (ulong seed = 0; seed < 60; seed++)
        {
            string prototxt = TextFormat.Print(new RandomMessage(seed).Create(descriptor));
            IMessage fromText = TextFormat.Parse(descriptor, prototxt, "message.prototxt");
            IMessage fromYaml = YamlFormat.Parse(descriptor, YamlFormat.Print(fromText), "message.yaml");

            // Compares texts and bytes: Equals does not distinguish an unset field from one set to its default.
            Assert.Equal(prototxt, TextFormat.Print(fromYaml));
            Assert.Equal(fromText.ToByteArray(), fromYaml.ToByteArray());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("yes")]
    [InlineData("0.5")]
    [InlineData("0x1F")]
    [InlineData(".inf")]
    [InlineData("<<")]
    [InlineData("a: b")]
    [InlineData("- a")]
    [InlineData("x #c")]
    [InlineData("*a")]
    [InlineData("&a")]
    [InlineData("!t")]
    [InlineData(" lead")]
    [InlineData("trail ")]
    [InlineData("two\nlines\n")]
    [InlineData("a, b")]
    [InlineData("[a]")]
    [InlineData("{a}")]
    [InlineData("---")]
    [InlineData("...")]
    [InlineData("%d")]
    [InlineData("C:\\x")]
    [InlineData("./data/train.lmdb")]
    [InlineData("日本 \U0001F600 \u0085\u2028\uFEFF\uFFFF")]
    public void WhatYamlWouldTakeForSomethingElseStaysAString(string text)
    {
        var net = new NetParameter { Name = text, Input = { text, text } };
        NetParameter back = YamlFormat.Parse<NetParameter>(YamlFormat.Print(net), "net.yaml");
        Assert.Equal([text, text, text], back.Input.Append(back.Name));
    }

    [Fact]
    public void EveryPrototxtOfTheGoldensIsTheSameNetInYaml()
    {
        var files = GoldenFolders.Roots
            .SelectMany(r => Directory.EnumerateFiles(r, "net.prototxt", SearchOption.AllDirectories)).ToArray();
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var net = TextFormat.Parse<NetParameter>(File.ReadAllText(file), file);
            Assert.Equal(net.ToByteArray(), YamlFormat.Parse<NetParameter>(YamlFormat.Print(net), file).ToByteArray());
        }
    }
}
