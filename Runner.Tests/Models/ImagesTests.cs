using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Models;

/// <summary>From a folder of images to a classifier, with the script of Models/images.</summary>
[Trait("Category", "Unit")]
public sealed partial class ImagesTests : IDisposable
{
    private const int Each = 100, Side = 48;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AFolderOfImagesBecomesAClassifier()
    {
        Shell.OrSkip();
        DrawnImages.Write(folder["photos"], Each);
        var (code, output, error) = await Shell.Run(
            folder, $"export CNN; bash '{Repository.PathOf("Models", "images", "run.sh")}' photos out");
        Assert.True(code == 0, error);

        // Training, as cnn test reports it.
        Match accuracy = AccuracyLine().Matches(output + error)[^1];
        Assert.InRange(double.Parse(accuracy.Groups[1].Value, CultureInfo.InvariantCulture), 0.95, 1);

        RequireMeanOf(ImageList.Read(folder["out/train.txt"]));
        RequireFeatures();
        RequirePredictions();
    }

    // The mean image, computed here from the files.
    private void RequireMeanOf(IReadOnlyList<ImageSetEntry> images)
    {
        Assert.Equal(9 * Each, images.Count);
        var sum = new long[3 * Side * Side];
        using var decoder = new ImageDecoder();
        PlanarImage image = new(), resized = new();
        foreach (ImageSetEntry entry in images)
        {
            decoder.Decode(
                File.ReadAllBytes(Path.Combine(folder["photos"], entry.Path)), ImageColor.Colour, image);
            ImageResizer.Resize(image, Side, Side, resized);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += resized.Pixels[i];
            }
        }

        BlobProto mean = BlobProto.Parser.ParseFrom(File.ReadAllBytes(folder["out/mean.binaryproto"]));
        Assert.Equal([1, 3, Side, Side], new[] { mean.Num, mean.Channels, mean.Height, mean.Width });
        Assert.Equal(sum.Select(s => (float)((double)s / images.Count)), mean.Data);
    }

    private void RequireFeatures()
    {
        using LmdbReader features = LmdbReader.Open(folder["out/features_lmdb"]);
        Assert.Equal(Each, features.Count);
        Datum first = Datum.Parser.ParseFrom(features.Value(0));
        Assert.Equal([64, 1, 1], new[] { first.Channels, first.Height, first.Width });
        Assert.Equal(64, first.FloatData.Count);
        Assert.Contains(first.FloatData, v => v > 0);
    }

    private void RequirePredictions()
    {
        string text = File.ReadAllText(folder["out/predictions.txt"]);
        MatchCollection predictions = Prediction().Matches(text);
        Assert.Equal(10 * Each, predictions.Count);
        int right = predictions.Count(p => p.Groups[1].Value == p.Groups[2].Value);
        Assert.InRange(right, 0.95 * 10 * Each, 10 * Each);
    }

    [GeneratedRegex(@"accuracy = ([0-9.]+)")]
    private static partial Regex AccuracyLine();

    // ---------- Prediction for photos/disc/007.jpg ----------
    // 0.9981 - "disc"
    [GeneratedRegex(@"Prediction for .*?([a-z0-9]+)/+[0-9]+\.[a-z]+ -+\r?\n[0-9.]+ - ""([a-z0-9]+)""")]
    private static partial Regex Prediction();
}
