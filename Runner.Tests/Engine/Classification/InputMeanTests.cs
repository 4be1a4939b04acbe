using Cnn.Engine.Classification;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Classification;

[Trait("Category", "Unit")]
public sealed class InputMeanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("104,117.5,-1", 104, 117.5f, -1)]
    [InlineData(" 7 ", 7, 7, 7)]
    public void ValuesAreOneForEachChannelOrOneForAll(string text, float blue, float green, float red) => Assert.Equal(
        [blue, blue, green, green, red, red], InputMean.Parse(text).For(3, 1, 2));

    [Fact]
    public void AMeanImageOfTheInputsSizeIsTakenAsItIs() =>
        Assert.Equal([1, 2, 3, 4, 5, 6], InputMean.Parse(Binary([1, 3, 1, 2], 1, 2, 3, 4, 5, 6)).For(3, 1, 2));

    [Fact]
    public void AMeanImageOfAnotherSizeIsResized() =>
        Assert.Equal([1.5f, 5.5f], InputMean.Read(Binary([1, 1, 1, 8], 0, 1, 2, 3, 4, 5, 6, 8)).For(1, 1, 2));

    [Theory]
    [InlineData(3)]
    [InlineData(1, 3)]
    [InlineData(1, 1, 3)]
    [InlineData(1, 1, 1, 3)]
    public void AnArrayIsOneOfChannelsOrAnImage(params int[] shape)
    {
        NpyFile.Write(folder["mean.npy"], new NumberArray(shape, [1, 2, 3]));
        InputMean mean = InputMean.Read(folder["mean.npy"]);

        Assert.Equal([1, 2, 3], shape is [3] ? mean.For(3, 1, 1) : mean.For(1, 1, 3));
    }

    [Fact]
    public void AnotherNumberOfChannelsIsAnError()
    {
        const string Hint = "give one value for each channel, or the mean of images such as the net takes";
        string file = Binary([1, 1, 1, 2], 1, 2);

        Assert.Equal(
            $"the mean 1,2 has 2 channel(s), the net's input 3; {Hint}",
            Assert.Throws<CnnException>(() => InputMean.OfChannels(1, 2).For(3, 1, 1)).Message);
        Assert.Equal(
            $"'{file}' has 1 channel(s), the net's input 3; {Hint}",
            Assert.Throws<CnnException>(() => InputMean.Read(file).For(3, 1, 2)).Message);
    }

    [Fact]
    public void AnArrayOfAnotherShapeIsAnError()
    {
        string path = folder["mean.npy"];
        NpyFile.Write(path, new NumberArray([2, 3, 1, 1], [1, 2, 3, 4, 5, 6]));

        Assert.Equal(
            $"'{path}' has shape [2, 3, 1, 1], which is that of no mean; [C], [H, W] or [C, H, W] is",
            Assert.Throws<CnnException>(() => InputMean.Read(path)).Message);
    }

    [Fact]
    public void WhatIsNeitherValuesNorAFileIsAnError() => Assert.Contains(
        "'104,117,abc' does not exist",
        Assert.Throws<CnnException>(() => InputMean.Parse("104,117,abc")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AFileOfAnotherKindIsAnError() => Assert.Contains(
        "is no mean file",
        Assert.Throws<CnnException>(() => InputMean.Read(folder.Write("mean.txt", "104 117 123"))).Message,
        StringComparison.Ordinal);

    private string Binary(int[] dims, params float[] values)
    {
        var blob = new BlobProto { Num = dims[0], Channels = dims[1], Height = dims[2], Width = dims[3] };
        blob.Data.AddRange(values);
        string path = folder["mean.binaryproto"];
        File.WriteAllBytes(path, blob.ToByteArray());
        return path;
    }
}
