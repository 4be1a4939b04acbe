using System.Text;
using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class AnnotatedDataLayerTests : IDisposable
{
    private const string Everything = "annotated_data_param { batch_sampler { max_sample: 1 max_trials: 1 } "
        + "batch_sampler { sampler { min_scale: 0.3 max_scale: 1 min_aspect_ratio: 0.5 max_aspect_ratio: 2 } "
        + "sample_constraint { min_jaccard_overlap: 0.1 } max_sample: 1 max_trials: 50 } } "
        + "transform_param { mirror: true mean_value: [104, 117, 123] "
        + "distort_param { brightness_prob: 0.5 brightness_delta: 32 contrast_prob: 0.5 contrast_lower: 0.5 "
        + "contrast_upper: 1.5 hue_prob: 0.5 hue_delta: 18 saturation_prob: 0.5 saturation_lower: 0.5 "
        + "saturation_upper: 1.5 random_order_prob: 0.3 } expand_param { prob: 0.5 max_expand_ratio: 3 } "
        + "emit_constraint { emit_type: CENTER } "
        + "noise_param { prob: 0.5 gauss_blur: true hist_eq: true posterize: true inverse: true decolorize: true "
        + "saltpepper: true saltpepper_param { fraction: 0.1 value: [0, 128, 255] } } "
        + "resize_param { height: 12 width: 10 interp_mode: [LINEAR, AREA, NEAREST, CUBIC, LANCZOS4] } }";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BoxesComeAsRowsOfTheirBatchAndMinusOneWithoutAny()
    {
        Write(
            Record(0, 8, 8, (3, 0.25f, 0, 0.5f, 1), (3, -1, 0.5f, 2, 0.75f), (5, 0.5f, 0.5f, 0.5f, 1)),
            Record(1, 8, 8),
            Record(2, 8, 8, (1, 0, 0, 1, 1)),
            Record(3, 8, 8),
            Record(4, 8, 8));
        using DataRun run = Run("data_param { batch_size: 3 }");
        run.Pass(0);
        Assert.Equal([3, 3, 8, 8], run.Tops[0].Shape);
        Assert.Equal([1, 1, 3, 8], run.Tops[1].Shape);

        // What reaches out of the image is cut off, and a box without an area vanishes.
        Assert.Equal(
            [0, 3, 0, 0.25f, 0, 0.5f, 1, 0, 0, 3, 1, 0, 0.5f, 1, 0.75f, 0, 2, 1, 0, 0, 0, 1, 1, 0], run.Labels);
        run.Pass(1);
        Assert.Equal([2, 3, 0, 0.25f, 0, 0.5f, 1, 0, 2, 3, 1, 0, 0.5f, 1, 0.75f, 0], run.Labels);
        using DataRun none = Run("data_param { batch_size: 1 }");
        none.Pass(3);
        Assert.Equal([1, 1, 1, 8], none.Tops[1].Shape);
        Assert.All(none.Labels, value => Assert.Equal(-1, value));
    }

    [Fact]
    public void RecordsThatNameNoTypeGiveLabels()
    {
        AnnotatedDatum[] records = [Record(0, 4, 4, (1, 0, 0, 1, 1)), Record(1, 4, 4)];
        Array.ForEach(records, record => record.ClearType());
        Write(records);
        using DataRun run = Run("data_param { batch_size: 2 }");
        run.Pass(0);
        Assert.Equal([2, 1, 1, 1], run.Tops[1].Shape);
        Assert.Equal([100, 101], run.Labels);
        using DataRun typed = Run("data_param { batch_size: 2 } annotated_data_param { anno_type: BBOX }");
        typed.Pass(0);
        Assert.Equal([0, 1, 0, 0, 0, 1, 1, 0], typed.Labels);
        using DataRun images = Run("data_param { batch_size: 2 }", tops: 1);
        images.Pass(0);
        Assert.Equal(Pixels(0, 48).Concat(Pixels(1, 48)), images.Images);
    }

    [Fact]
    public void BoxesFollowTheCrop()
    {
        Write(Record(0, 8, 16, (1, 0, 0, 0.5f, 0.5f), (2, 0, 0, 0.2f, 1), (3, 0.25f, 0.25f, 0.75f, 0.75f)));
        using DataRun run = Run(
            "data_param { batch_size: 1 } transform_param { crop_h: 4 crop_w: 8 }", phase: Phase.Test);
        run.Pass(0);
        Assert.Equal([1, 3, 4, 8], run.Tops[0].Shape);

        // The window is the middle half of both axes.
        Assert.Equal([0, 1, 0, 0, 0, 0.5f, 0.5f, 0, 0, 3, 0, 0, 0, 1, 1, 0], run.Labels);
        using DataRun centred = Run(
            "data_param { batch_size: 1 } transform_param { crop_h: 4 crop_w: 8 emit_constraint { } }",
            phase: Phase.Test);
        centred.Pass(0);
        Assert.Equal([0, 1, 0, 0, 0, 0.5f, 0.5f, 0, 0, 3, 0, 0, 0, 1, 1, 0], centred.Labels);
        using DataRun mostly = Run(
            "data_param { batch_size: 1 } transform_param { crop_h: 4 crop_w: 8 "
            + "emit_constraint { emit_type: MIN_OVERLAP emit_overlap: 0.5 } }",
            phase: Phase.Test);
        mostly.Pass(0);
        Assert.Equal([0, 3, 0, 0, 0, 1, 1, 0], mostly.Labels);
    }

    [Theory]
    [InlineData("mirror: true")]
    [InlineData("crop_size: 5")]
    [InlineData("crop_size: 5 mirror: true")]
    [InlineData("expand_param { max_expand_ratio: 3 } resize_param { height: 16 width: 16 interp_mode: NEAREST }")]
    [InlineData("resize_param { resize_mode: FIT_LARGE_SIZE_AND_PAD height: 12 width: 30 interp_mode: NEAREST }")]
    [InlineData("resize_param { resize_mode: FIT_LARGE_SIZE_AND_PAD height: 30 width: 12 interp_mode: NEAREST }")]
    [InlineData("resize_param { height: 20 width: 40 interp_mode: NEAREST } mirror: true")]
    [InlineData("resize_param { height: 30 width: 30 } crop_size: 16")]
    public void ABoxStaysAroundItsObject(string transform)
    {
        // A bright square in the dark, and the box around it.
        var pixels = new byte[3 * 12 * 12];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i % 144 / 12 is >= 3 and < 8 && i % 12 is >= 5 and < 9 ? 255 : 0);
        }

        AnnotatedDatum record = Record(0, 12, 12, (1, 5 / 12f, 3 / 12f, 9 / 12f, 8 / 12f));
        record.Datum.Data = ByteString.CopyFrom(pixels);
        Write(record);
        using DataRun run = Run($"data_param {{ batch_size: 1 }} transform_param {{ {transform} }}");
        for (int pass = 0; pass < 20; pass++)
        {
            run.Pass(pass);
            int height = run.Tops[0].Dim(2), width = run.Tops[0].Dim(3);
            float[] image = run.Images, row = run.Labels;
            int[] bright = [.. Enumerable.Range(0, height * width).Where(i => image[i] > 127)];
            if (row[0] < 0)
            {
                Assert.Empty(bright);
                continue;
            }

            Near(row[3] * width, bright.Min(i => i % width));
            Near(row[4] * height, bright.Min(i => i / width));
            Near(row[5] * width, bright.Max(i => i % width) + 1);
            Near(row[6] * height, bright.Max(i => i / width) + 1);
        }

        static void Near(float box, int pixels) => Assert.InRange(box, pixels - 1.01f, pixels + 1.01f);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameBatchesComeWithAnyPrefetchAndThreads(bool isEncoded)
    {
        Write([.. Enumerable.Range(0, 7).Select(i => Encoded(isEncoded, Record(
            i, 16, 20, (1, 0.1f, 0.1f, 0.6f, 0.7f), (2, 0.5f, 0.5f, 0.9f, 0.8f))))]);
        using DataRun one = Run(Everything + " data_param { batch_size: 5 }", threads: 1);
        using DataRun ahead = Run(Everything + " data_param { batch_size: 5 prefetch: 4 }", threads: 3);
        using DataRun later = Run(Everything + " data_param { batch_size: 5 }", threads: 2);
        bool isChanged = false;
        for (int pass = 0; pass < 6; pass++)
        {
            one.Pass(pass);
            ahead.Pass(pass);
            Assert.Equal([5, 3, 12, 10], one.Tops[0].Shape);
            Assert.Equal(one.Images, ahead.Images);
            Assert.Equal(one.Tops[1].Shape, ahead.Tops[1].Shape);
            Assert.Equal(one.Labels, ahead.Labels);
            isChanged |= one.Labels.Any(value => value is not (0 or 1 or 2 or 0.1f or 0.6f or 0.7f or 0.5f or 0.9f));
            Assert.All(one.Labels.Chunk(8), row => Assert.True(row[0] < 0 || (row[5] > row[3] && row[6] > row[4])));
        }

        Assert.True(isChanged);
        later.Pass(5);
        Assert.Equal(one.Images, later.Images);
        Assert.Equal(one.Labels, later.Labels);
    }

    [Fact]
    public void TheSteadyStateAllocatesNothing()
    {
        Write([.. Enumerable.Range(0, 6).Select(i => Record(i, 16, 20, (1, 0.1f, 0.1f, 0.6f, 0.7f)))]);
        using DataRun run = Run(Everything + " data_param { batch_size: 3 }", threads: 1);
        for (int pass = 0; pass < 40; pass++)
        {
            run.Pass(pass);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 40; pass++)
        {
            run.Pass(pass);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40 * 64);
    }

    [Fact]
    public void DataResizesTooAndWarnsOfWhatIsForBoxes()
    {
        TestImages.WriteDatabase(
            folder["plain"],
            [TestImages.Raw(TestImages.Image(1, 3, 4, 6), 7), TestImages.Raw(TestImages.Image(2, 3, 8, 8), 9)]);
        List<Diagnostic> warnings = [];
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"data_param {{ source: '{folder["plain"]}' backend: LMDB batch_size: 2 }} transform_param {{ "
            + "resize_param { height: 5 width: 3 } expand_param { } }",
            "layer");
        using var run = new DataRun(context => new DataLayer(context), parameter, warn: warnings.Add);
        run.Pass(0);
        Assert.Equal([2, 3, 5, 3], run.Tops[0].Shape);
        Assert.Equal([7, 9], run.Labels);
        Assert.Equal(["expand_param is for AnnotatedData alone"], warnings.Select(warning => warning.Message));
        var from = TestImages.Image(2, 3, 8, 8);
        var to = new PlanarImage();
        ImageResizer.Resize(from, 5, 3, to);
        Assert.Equal(to.Pixels.ToArray().Select(p => (float)p), run.Images.Skip(45));
    }

    [Fact]
    public void NoiseIsWhatItsNameSays()
    {
        Write(Record(1, 16, 16));
        int[] pixels = [.. TestImages.Image(1, 3, 16, 16).Pixels.ToArray().Select(pixel => (int)pixel)];
        Assert.Equal(pixels.Select(p => 255f - p), Damaged("inverse: true"));
        Assert.Equal(pixels.Select(p => (p / 64 * 64) + 32f), Damaged("posterize: true"));
        Assert.Equal(pixels.Select(p => 223f - (p / 64 * 64)), Damaged("posterize: true inverse: true"));
        float[] grey = Damaged("decolorize: true");
        Assert.Equal(grey[..256], grey[256..512]);
        Assert.InRange(grey[5] - ((0.114 * pixels[5]) + (0.587 * pixels[261]) + (0.299 * pixels[517])), -0.6, 0.6);
        float[] compressed = Damaged("jpeg: 5");
        Assert.NotEqual(pixels.Select(p => (float)p), compressed);
        Assert.True(Distance(compressed) > Distance(Damaged("jpeg: 100")), "a lower quality is nearer");
        float[] salted = Damaged("saltpepper: true saltpepper_param { fraction: 0.25 value: 255 }");
        int changed = Enumerable.Range(0, 256).Count(i => salted[i] != pixels[i]);
        Assert.InRange(changed, 30, 64);
        Assert.All(Enumerable.Range(0, 768), i => Assert.True(salted[i] == pixels[i] || salted[i] == 255));
        Assert.Equal(pixels.Select(p => (float)p), Damaged("prob: 0 inverse: true"));

        double Distance(float[] damaged) => damaged.Zip(pixels, (a, b) => (double)Math.Abs(a - b)).Sum();

        float[] Damaged(string noise)
        {
            string text = noise.StartsWith("prob", StringComparison.Ordinal) ? noise : "prob: 1 " + noise;
            using DataRun run = Run($"data_param {{ batch_size: 1 }} transform_param {{ noise_param {{ {text} }} }}");
            run.Pass(0);
            return run.Images;
        }
    }

    [Fact]
    public void DamagedRecordsAreNamed()
    {
        AnnotatedDatum untyped = Record(1, 4, 4);
        untyped.ClearType();
        Write(Record(0, 4, 4), untyped);
        Assert.Contains("does not say what its annotations are", PassError());
        Write(Record(0, 4, 4), new AnnotatedDatum { Type = AnnotatedDatum.Types.AnnotationType.Bbox });
        Assert.Contains("it has no image", PassError());
        AnnotatedDatum nan = Record(1, 4, 4, (1, float.NaN, 0, 1, 1));
        Write(Record(0, 4, 4), nan);
        Assert.Contains("record 1 ('00000001') of ", PassError());
        Assert.Contains("no AnnotatedDatum message", PassError());
        Write(Record(0, 4, 4), Record(1, 4, 5));
        Assert.Contains("3 x 4 x 5", PassError());
        byte[] whole = Record(1, 4, 4, (1, 0, 0, 1, 1)).ToByteArray();
        for (int length = 0; length < whole.Length; length++)
        {
            WriteRaw(Record(0, 4, 4).ToByteArray(), whole[..length]);
            using DataRun run = Run("data_param { batch_size: 2 }");
            try
            {
                run.Pass(0);
            }
            catch (CnnException exception)
            {
                Assert.Contains("record 1", exception.Message, StringComparison.Ordinal);
            }
        }

        using DataRun skipping = Run("data_param { batch_size: 2 skip_bad_records: 1 }");
        skipping.Pass(0);
        Assert.Equal(Pixels(0, 48).Concat(Pixels(0, 48)), skipping.Images);
    }

    [Theory]
    [InlineData("transform_param { expand_param { max_expand_ratio: 2 } }", "expand_param makes images of many sizes")]
    [InlineData("annotated_data_param { batch_sampler { } }", "batch_sampler makes images of many sizes")]
    [InlineData("transform_param { pad: 1 }", "pad moves pixels and not their boxes")]
    [InlineData("annotated_data_param { yolo_data_jitter: 0.2 }", "yolo_data_jitter makes images of many sizes")]
    [InlineData("annotated_data_param { yolo_data_jitter: 2 }", "yolo_data_jitter is 2")]
    [InlineData("annotated_data_param { yolo_data_type: 3 yolo_data_jitter: 0 }", "yolo_data_type is 3")]
    [InlineData(
        "transform_param { resize_param { prob: 0.5 height: 3 width: 3 } resize_param { height: 4 width: 4 } }",
        "the prob of 2 resize_params are 1.5 together")]
    [InlineData("transform_param { geometry_param { prob: 0.5 persp_factor: 0.9 } }", "persp_factor is 0.9")]
    [InlineData("transform_param { crop_size: 2 random_resize_param { } }", "random_resize_param moves pixels")]
    [InlineData(
        "transform_param { distort_param { prob: 0.5 hue: true hue_prob: 0.1 } }", "says what happens in two ways")]
    [InlineData("transform_param { noise_param { prob: 2 } }", "prob is 2")]
    [InlineData("transform_param { resize_param { height: 3 } }", "width is 0")]
    [InlineData("transform_param { crop_h: 3 }", "crop_w is missing")]
    [InlineData("transform_param { crop_h: 3 crop_w: 3 crop_size: 2 }", "crop_size is given together with")]
    [InlineData(
        "annotated_data_param { batch_sampler { sampler { min_scale: 0.5 max_scale: 0.3 } } }", "min_scale is 0.5")]
    [InlineData("transform_param { distort_param { brightness_prob: -1 } }", "brightness_prob is -1")]
    [InlineData("transform_param { expand_param { max_expand_ratio: 0.5 } crop_size: 1 }", "max_expand_ratio is 0.5")]
    public void AWrongDefinitionIsExplained(string options, string expected)
    {
        Write(Record(0, 4, 4));
        CnnException error = Assert.Throws<CnnException>(() => Run(options + " data_param { batch_size: 1 }"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("data", error.Diagnostics[0].Layer);
    }

    private static AnnotatedDatum Record(
        int number, int height, int width, params (int Group, float XMin, float YMin, float XMax, float YMax)[] boxes)
    {
        var record = new AnnotatedDatum
        {
            Datum = TestImages.Raw(TestImages.Image(number, 3, height, width), 100 + number),
            Type = AnnotatedDatum.Types.AnnotationType.Bbox,
        };
        foreach (var group in boxes.GroupBy(box => box.Group))
        {
            int instance = 0;
            var annotations = new AnnotationGroup { GroupLabel = group.Key };
            annotations.Annotation.Add(group.Select(box => new Annotation
            {
                InstanceId = instance++,
                Bbox = new NormalizedBBox { Xmin = box.XMin, Ymin = box.YMin, Xmax = box.XMax, Ymax = box.YMax },
            }));
            record.AnnotationGroup.Add(annotations);
        }

        return record;
    }

    private static AnnotatedDatum Encoded(bool isEncoded, AnnotatedDatum record)
    {
        if (isEncoded)
        {
            PlanarImage image = TestImages.Image(record.Datum.Label - 100, 3, record.Datum.Height, record.Datum.Width);
            record.Datum = new Datum
            {
                Encoded = true, Label = record.Datum.Label,
                Data = ByteString.CopyFrom(ImageEncoder.Encode(image, "png")),
            };
        }

        return record;
    }

    private static IEnumerable<float> Pixels(int number, int count) =>
        TestImages.Image(number, 1, 1, count).Pixels.ToArray().Select(pixel => (float)pixel);

    private void Write(params AnnotatedDatum[] records) => WriteRaw([.. records.Select(r => r.ToByteArray())]);

    private void WriteRaw(params byte[][] records)
    {
        if (Directory.Exists(folder["db"]))
        {
            Directory.Delete(folder["db"], recursive: true);
        }

        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        foreach (byte[] record in records)
        {
            writer.Put(Encoding.ASCII.GetBytes($"{writer.Count:D8}"), record);
        }

        writer.Commit();
    }

    private DataRun Run(string options, int threads = 2, int tops = 2, Phase phase = Phase.Train)
    {
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(options, "layer");
        (parameter.Phase, parameter.DataParam.Source) = (phase, folder["db"]);
        return new DataRun(context => new AnnotatedDataLayer(context), parameter, threads, tops);
    }

    private string PassError()
    {
        using DataRun run = Run("data_param { batch_size: 2 }");
        return Assert.Throws<CnnException>(() => run.Pass(0)).Message;
    }
}
