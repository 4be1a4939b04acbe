using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>Boxes of fixed sizes around every cell of a map, in parts of the image, then their variances.</summary>
[Reference("PriorBox")]
internal sealed class PriorBoxReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        PriorBoxParameter options = call.Layer.PriorBoxParam;
        int rows = call.Bottoms[0].Shape[2], columns = call.Bottoms[0].Shape[3];
        int[] image = call.Bottoms[1].Shape;
        double height = options.HasImgSize ? options.ImgSize : options.HasImgH ? options.ImgH : image[2];
        double width = options.HasImgSize ? options.ImgSize : options.HasImgW ? options.ImgW : image[3];
        double stepH = options.HasStep ? options.Step : options.HasStepH ? options.StepH : height / rows;
        double stepW = options.HasStep ? options.Step : options.HasStepW ? options.StepW : width / columns;
        (double W, double H)[] sides = [.. Sides(options)];
        ReferenceBlob y = call.Top(0, 1, 2, rows * columns * sides.Length * 4);
        int at = 0;
        foreach (int[] cell in Positions.Of([rows, columns]))
        {
            double x = (cell[1] + options.Offset) * stepW, v = (cell[0] + options.Offset) * stepH;
            foreach ((double w, double h) in sides)
            {
                double x1 = (x - (w / 2)) / width, x2 = (x + (w / 2)) / width;
                double y1 = (v - (h / 2)) / height, y2 = (v + (h / 2)) / height;
                double[] box = options.YxOrder ? [y1, x1, y2, x2] : [x1, y1, x2, y2];
                for (int i = 0; i < 4; i++)
                {
                    y.Data[at + i] = options.Clip ? Math.Clamp(box[i], 0, 1) : box[i];
                    y.Data[(y.Count / 2) + at + i] = options.Variance.Count switch
                    {
                        0 => 0.1,
                        1 => options.Variance[0],
                        _ => options.Variance[i],
                    };
                }

                at += 4;
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new PriorBoxParameter();
        int sizes = random.Between(1, 3);
        options.MinSize.Add(Enumerable.Range(0, sizes).Select(_ => random.Between(4, 30f)));
        random.Maybe(() => options.MaxSize.Add(options.MinSize.Select(m => m + random.Between(1, 20f))));
        random.Maybe(() => options.AspectRatio.Add(
            Enumerable.Range(0, random.Between(1, 3)).Select(_ => random.Pick(1, 2, 3, 0.5f, 1.5f))));
        random.Maybe(() => options.Flip = random.Chance(0.3));
        random.Maybe(() => options.Clip = random.Chance(0.7));
        random.Maybe(() => options.Variance.Add(Fill(random, random.Pick(1, 4), 0.05f, 0.5f)));
        random.Maybe(() => options.Offset = random.Pick(0, 0.25f, 0.5f));
        random.Maybe(() => options.YxOrder = random.Chance(0.5));
        switch (random.Next(4))
        {
            case 0:
                options.ImgSize = (uint)random.Between(20, 300);
                break;
            case 1:
                (options.ImgH, options.ImgW) = ((uint)random.Between(20, 300), (uint)random.Between(20, 300));
                break;
        }

        switch (random.Next(4))
        {
            case 0:
                options.Step = random.Between(2, 20f);
                break;
            case 1:
                (options.StepH, options.StepW) = (random.Between(2, 20f), random.Between(2, 20f));
                break;
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, PriorBoxParam = options },
            Bottoms =
            [
                new(random.Shape(4, 1, 5), Fillings.Uniform()),
                new([1, 3, random.Between(20, 60), random.Between(20, 60)], Fillings.Uniform()),
            ],
            HasGradient = false,
        };
    }

    private static float[] Fill(PhiloxRandom random, int count, float low, float high) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Between(low, high))];

    private static IEnumerable<(double W, double H)> Sides(PriorBoxParameter options)
    {
        List<double> ratios = [1];
        foreach (double ratio in options.AspectRatio.Where(r => ratios.All(known => Math.Abs(known - r) >= 1e-6)))
        {
            ratios.AddRange(options.Flip ? [ratio, 1 / ratio] : [ratio]);
        }

        for (int k = 0; k < options.MinSize.Count; k++)
        {
            double m = Math.Truncate(options.MinSize[k]);
            yield return (m, m);
            if (options.MaxSize.Count > 0)
            {
                double between = Math.Sqrt(m * Math.Truncate(options.MaxSize[k]));
                yield return (between, between);
            }

            foreach (double ratio in ratios.Where(r => Math.Abs(r - 1) >= 1e-6))
            {
                yield return (m * Math.Sqrt(ratio), m / Math.Sqrt(ratio));
            }
        }
    }
}
