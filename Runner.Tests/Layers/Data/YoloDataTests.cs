using System.Text;
using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

/// <summary>What MobileNet-YOLO's and DeepDetect's forks add to AnnotatedData.</summary>
[Trait("Category", "Unit")]
public sealed class YoloDataTests : IDisposable
{
    private const string Sizes = "resize_param { prob: 0.5 height: 6 width: 8 } "
        + "resize_param { prob: 0.3 height: 4 width: 4 } resize_param { prob: 0.2 height: 10 width: 6 }";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void OneOfSeveralSizesIsDrawnForTenBatches(int prefetch)
    {
        Write([.. Enumerable.Range(0, 5).Select(i => Record(i, 8, 8, (1, 0, 0, 1, 1)))]);
        using DataRun run = Run(
            $"data_param {{ batch_size: 2 prefetch: {prefetch} }} transform_param {{ {Sizes} }}");
        var sizes = new List<(int, int)>();
        for (int pass = 0; pass < 300; pass++)
        {
            run.Pass(pass);
            sizes.Add((run.Tops[0].Dim(2), run.Tops[0].Dim(3)));
            Assert.Equal(sizes[pass / 10 * 10], sizes[pass]);
        }

        // Of thirty draws with the chances 0.5, 0.3 and 0.2.
        (int, int)[] all = [(6, 8), (4, 4), (10, 6)];
        int[] counts = [.. all.Select(size => sizes.Where((s, i) => i % 10 == 0 && s == size).Count())];
        Assert.Equal(30, counts.Sum());
        Assert.True(counts[0] > counts[2] && counts[1] > 0 && counts[2] > 0, string.Join(' ', counts));

        // A batch is a function of its pass alone.
        run.Pass(25);
        Assert.Equal(sizes[25], (run.Tops[0].Dim(2), run.Tops[0].Dim(3)));
    }

    [Fact]
    public void OneSizeIsAppliedByItsChance()
    {
        Write(Record(0, 6, 8));
        using DataRun run = Run(
            "data_param { batch_size: 1 } "
            + "transform_param { resize_param { prob: 0 height: 3 width: 3 } crop_size: 2 }");
        run.Pass(0);
        Assert.Equal([1, 3, 2, 2], run.Tops[0].Shape.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void BoxesComeAsDarknetHasThem(int prefetch)
    {
        AnnotatedDatum difficult = Record(1, 8, 8, (2, 0, 0, 0.5f, 1), (5, 0.5f, 0.25f, 1, 0.75f));
        difficult.AnnotationGroup[0].Annotation[0].Bbox.Difficult = true;
        Write(Record(0, 8, 8), difficult);
        string options = $"data_param {{ batch_size: 2 prefetch: {prefetch} }} "
            + "annotated_data_param { yolo_data_type: 1 yolo_data_jitter: 0 REST }";
        using DataRun run = Run(options.Replace("REST", "", StringComparison.Ordinal));
        run.Pass(0);
        Assert.Equal([2, 1, 300, 5], run.Tops[1].Shape.ToArray());
        float[] rows = run.Labels;
        Assert.All(rows[..1500], value => Assert.Equal(0, value));
        Assert.Equal([1, 0.25f, 0.5f, 0.5f, 1, 4, 0.75f, 0.5f, 0.5f, 0.5f], rows[1500..1510]);
        Assert.All(rows[1510..], value => Assert.Equal(0, value));
        using DataRun easy = Run(options.Replace("REST", "train_diffcult: false", StringComparison.Ordinal));
        easy.Pass(0);
        Assert.Equal([4, 0.75f, 0.5f, 0.5f, 0.5f, 0], easy.Labels[1500..1506]);
    }

    [Fact]
    public void JitterCutsImagesAndTheirBoxes()
    {
        AnnotatedDatum record = Record(0, 40, 40, (1, 0, 0, 1, 1));
        Write(record);
        const string Resize = "transform_param { resize_param { height: 40 width: 40 interp_mode: NEAREST } }";
        float[] whole = Images("annotated_data_param { yolo_data_jitter: 0 }", 1)[0];
        float[][] half = Images("annotated_data_param { yolo_data_jitter: 0.5 }", 40);
        Assert.InRange(half.Count(image => image.AsSpan().SequenceEqual(whole)), 3, 15);

        // MobileNet-YOLO's default, where its other fields tell that the net is its.
        Assert.Contains(
            Images("annotated_data_param { train_diffcult: true }", 20),
            image => !image.AsSpan().SequenceEqual(whole));
        Assert.All(Images("", 20), image => Assert.Equal(whole, image));

        // A window as in the sampler follows its draw with the boxes: the whole image's box stays whole.
        float[][] Images(string options, int passes)
        {
            using DataRun run = Run($"data_param {{ batch_size: 1 }} {Resize} {options}");
            return [.. Enumerable.Range(0, passes).Select(pass =>
            {
                run.Pass(pass);
                Assert.Equal([0, 1, 0, 0, 0, 1, 1, 0], run.Labels);
                return run.Images;
            })];
        }
    }

    [Fact]
    public void AMapOfOneClassIsTheMeanAboveABound()
    {
        var map = new PlanarImage();
        map.SetSize(1, 8, 8);
        for (int i = 0; i < 64; i++)
        {
            map.Pixels[i] = (byte)(i % 8 < 4 ? 99 : i / 8 < 4 ? 255 : 0);
        }

        WriteWithMap(map);
        using DataRun run = Run(
            "data_param { batch_size: 1 } annotated_data_param { seg_scales: 4 yolo_data_jitter: 0 } "
            + "transform_param { resize_param { height: 8 width: 8 } }",
            tops: 3);
        run.Pass(0);
        Assert.Equal([1, 1, 2, 2], run.Tops[2].Shape.ToArray());
        Assert.Equal([0, 1, 0, 0], run.Tops[2].Data.ToArray());
        Assert.Equal([0, 1, 0, 0, 0, 1, 1, 0], run.Labels);
    }

    [Fact]
    public void AMapOfSeveralClassesHasTheirSharesAndFollowsTheFlip()
    {
        var map = new PlanarImage();
        map.SetSize(1, 4, 8);
        for (int i = 0; i < 32; i++)
        {
            map.Pixels[i] = (byte)(i % 8 < 3 ? 0 : i % 8 < 6 ? 1 : 2);
        }

        WriteWithMap(map);
        string labels = folder.Write(
            "labels.prototxt", "item { name: 'a' label_id: 2 } item { name: 'b' } item { name: 'c' label_id: 1 }");
        using DataRun run = Run(
            "data_param { batch_size: 1 } transform_param { mirror: true resize_param { height: 4 width: 4 } } "
            + $"annotated_data_param {{ single_class: false label_map_file: '{labels}' yolo_data_jitter: 0 "
            + "seg_resize_width: 4 seg_resize_height: 2 }",
            tops: 3);
        float[] plain = [0, 0, 0, 1, 0, 0, 0, 1, 1, 128 / 255f, 0, 0, 1, 128 / 255f, 0, 0];
        float[] flipped = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 128 / 255f, 1, 0, 0, 128 / 255f, 1];
        var seen = new HashSet<bool>();
        for (int pass = 0; pass < 20; pass++)
        {
            run.Pass(pass);
            Assert.Equal([1, 2, 2, 4], run.Tops[2].Shape.ToArray());
            float[] found = run.Tops[2].Data.ToArray();
            bool isFlipped = found[0] == 1;
            seen.Add(isFlipped);
            Assert.Equal((isFlipped ? flipped : plain).Select(v => v * 255), found.Select(v => v * 255), Near);
        }

        Assert.Equal(2, seen.Count);

        static bool Near(float a, float b) => Math.Abs(a - b) <= 1.01f;
    }

    [Fact]
    public void ARecordWithoutAMapIsNamed()
    {
        Write(Record(0, 8, 8, (1, 0, 0, 1, 1)));
        using DataRun run = Run(
            "data_param { batch_size: 1 } transform_param { resize_param { height: 8 width: 8 } }", tops: 3);
        Assert.Contains("it has no map of classes", Assert.Throws<CnnException>(() => run.Pass(0)).Message);
        Assert.Contains(
            "does not follow expand_param",
            Assert.Throws<CnnException>(() => Run(
                "data_param { batch_size: 1 } transform_param { crop_size: 4 }", tops: 3)).Message);
    }

    [Fact]
    public void ABoxStaysAroundItsObjectSeenFromElsewhere()
    {
        // A bright square in the dark, and the box around it.
        AnnotatedDatum record = Record(0, 24, 24, (1, 9 / 24f, 8 / 24f, 15 / 24f, 17 / 24f));
        var pixels = new byte[3 * 24 * 24];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i % 576 / 24 is >= 8 and < 17 && i % 24 is >= 9 and < 15 ? 255 : 0);
        }

        record.Datum.Data = ByteString.CopyFrom(pixels);
        Write(record);
        using DataRun run = Run(
            "data_param { batch_size: 1 } transform_param { geometry_param { prob: 1 pad_mode: CONSTANT } }");
        var boxes = new HashSet<float>();
        for (int pass = 0; pass < 30; pass++)
        {
            run.Pass(pass);
            float[] image = run.Images, row = run.Labels;
            boxes.Add(row[3]);
            int[] bright = [.. Enumerable.Range(0, 576).Where(i => image[i] > 127)];
            Near(row[3] * 24, bright.Min(i => i % 24));
            Near(row[4] * 24, bright.Min(i => i / 24));
            Near(row[5] * 24, bright.Max(i => i % 24) + 1);
            Near(row[6] * 24, bright.Max(i => i / 24) + 1);
        }

        Assert.True(boxes.Count > 20);

        static void Near(float box, int pixels) => Assert.InRange(box, pixels - 2.1f, pixels + 2.1f);
    }

    [Fact]
    public void MirroredSurroundingsHaveTheirBoxes()
    {
        // Objects at the border, looked at from far away.
        Write(Record(0, 16, 16, (1, 0, 0, 0.25f, 0.25f)));
        using DataRun run = Run("data_param { batch_size: 1 } transform_param { geometry_param { prob: 1 "
            + "zoom_in: false zoom_factor: 1 persp_horizontal: false persp_vertical: false } }");
        int most = 0;
        for (int pass = 0; pass < 30; pass++)
        {
            run.Pass(pass);
            most = Math.Max(most, run.Tops[1].Dim(2));
        }

        Assert.InRange(most, 2, 9);
    }

    [Fact]
    public void DeepDetectsChangesOfColourHaveOneChance()
    {
        Write(Record(1, 8, 8));
        float[] same = Pixels("");
        Assert.Equal(same, Pixels("distort_param { prob: 1 brightness_delta: 64 }"));
        Assert.Equal(same, Pixels("distort_param { prob: 0 brightness: true brightness_delta: 64 }"));
        Assert.NotEqual(same, Pixels("distort_param { prob: 1 brightness: true brightness_delta: 64 }"));
        Assert.Equal(
            Pixels("distort_param { brightness_prob: 1 brightness_delta: 64 }"),
            Pixels("distort_param { prob: 1 brightness: true brightness_delta: 64 }"));
        Assert.NotEqual(same, Pixels("distort_param { prob: 1 all_effects: true brightness_delta: 64 "
            + "contrast_upper: 1 saturation_upper: 1 }"));
    }

    [Fact]
    public void DeepDetectsDamagesHaveAChanceEach()
    {
        Write(Record(1, 8, 8));
        float[] same = Pixels("");
        Assert.Equal(same, Pixels("noise_param { prob: 0.000001 all_effects: true }"));
        Assert.Equal(
            Pixels("noise_param { prob: 1 inverse: true }"),
            Pixels("noise_param { prob: 1 inverse: true all_effects: false }"));
        Assert.Equal(
            Pixels("noise_param { prob: 1 inverse: true posterize: true gauss_blur: true hist_eq: true clahe: true "
                + "erode: true decolorize: true convert_to_hsv: true convert_to_lab: true saltpepper: true }"),
            Pixels("noise_param { prob: 1 all_effects: true }"));

        // Of inversion and posterisation each happens without the other.
        float[] inverse = Pixels("noise_param { prob: 1 inverse: true }");
        float[] posters = Pixels("noise_param { prob: 1 posterize: true }");
        using DataRun run = Run("data_param { batch_size: 1 } transform_param { noise_param { prob: 0.5 "
            + "inverse: true posterize: true all_effects: false } }");
        int inverted = 0, posterized = 0;
        for (int pass = 0; pass < 40; pass++)
        {
            run.Pass(pass);
            inverted += run.Images.AsSpan().SequenceEqual(inverse) ? 1 : 0;
            posterized += run.Images.AsSpan().SequenceEqual(posters) ? 1 : 0;
        }

        Assert.InRange(inverted, 3, 20);
        Assert.InRange(posterized, 3, 20);
    }

    [Fact]
    public void TheSameBatchesComeWithAnyPrefetchAndThreads()
    {
        const string Options = "annotated_data_param { yolo_data_type: 1 } transform_param { mirror: true "
            + "geometry_param { prob: 0.5 } noise_param { prob: 0.3 all_effects: true } " + Sizes + " } ";
        Write([.. Enumerable.Range(0, 7).Select(i => Record(i, 16, 20, (1, 0.1f, 0.1f, 0.6f, 0.7f)))]);
        using DataRun one = Run(Options + "data_param { batch_size: 5 prefetch: 0 }", threads: 1);
        using DataRun ahead = Run(Options + "data_param { batch_size: 5 prefetch: 4 }", threads: 3);
        for (int pass = 0; pass < 24; pass++)
        {
            one.Pass(pass);
            ahead.Pass(pass);
            Assert.Equal(one.Tops[0].Shape.ToArray(), ahead.Tops[0].Shape.ToArray());
            Assert.Equal(one.Images, ahead.Images);
            Assert.Equal(one.Labels, ahead.Labels);
        }
    }

    private float[] Pixels(string transform)
    {
        using DataRun run = Run($"data_param {{ batch_size: 1 }} transform_param {{ {transform} }}");
        run.Pass(0);
        return run.Images;
    }

    private static AnnotatedDatum Record(
        int number, int height, int width, params (int Group, float XMin, float YMin, float XMax, float YMax)[] boxes)
    {
        var record = new AnnotatedDatum
        {
            Datum = TestImages.Raw(TestImages.Image(number, 3, height, width), number),
            Type = AnnotatedDatum.Types.AnnotationType.Bbox,
        };
        foreach (var box in boxes)
        {
            var group = new AnnotationGroup { GroupLabel = box.Group };
            group.Annotation.Add(new Annotation
            {
                Bbox = new NormalizedBBox { Xmin = box.XMin, Ymin = box.YMin, Xmax = box.XMax, Ymax = box.YMax },
            });
            record.AnnotationGroup.Add(group);
        }

        return record;
    }

    // The map is field 8 of the datum, which the schema does not have.
    private void WriteWithMap(PlanarImage map)
    {
        AnnotatedDatum record = Record(0, 8, 8, (1, 0, 0, 1, 1));
        record.Type = AnnotatedDatum.Types.AnnotationType.BboxandSeg;
        byte[] datum = [.. record.Datum.ToByteArray(), .. Field(8, ImageEncoder.Encode(map, "png"))];
        record.Datum = null;
        WriteRaw([.. Field(1, datum), .. record.ToByteArray()]);
    }

    private static byte[] Field(int number, byte[] bytes)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
        output.Flush();
        return stream.ToArray();
    }

    private void Write(params AnnotatedDatum[] records) => WriteRaw([.. records.Select(r => r.ToByteArray())]);

    private void WriteRaw(params byte[][] records)
    {
        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        foreach (byte[] record in records)
        {
            writer.Put(Encoding.ASCII.GetBytes($"{writer.Count:D8}"), record);
        }

        writer.Commit();
    }

    private DataRun Run(string options, int tops = 2, int threads = 2)
    {
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(options, "layer");
        (parameter.Phase, parameter.DataParam.Source) = (Phase.Train, folder["db"]);
        return new DataRun(context => new AnnotatedDataLayer(context), parameter, threads, tops);
    }
}
