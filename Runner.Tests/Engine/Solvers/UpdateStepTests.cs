using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Kernel")]
public class UpdateStepTests
{
    private const float Rate = 0.1f, Delta = 1e-3f;

    private delegate double Reference(double gradient, double weight, ref double first, ref double second);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(17, 1, true)]
    [InlineData(40_003, 1, false)]
    [InlineData(40_003, 2, true)]
    public void EveryRuleFollowsItsFormula(int count, int threads, bool isL1)
    {
        Check(new Sgd.Step(Rate, 0.9f), count, threads, isL1, (double g, double _, ref double v, ref double _) =>
            v = (0.9f * v) + (Rate * g));
        Check(new Nesterov.Step(Rate, 0.9f), count, threads, isL1, (double g, double _, ref double v, ref double _) =>
        {
            double before = v;
            v = (0.9f * v) + (Rate * g);
            return ((1 + 0.9f) * v) - (0.9f * before);
        });
        Check(new AdaGrad.Step(Rate, Delta), count, threads, isL1, (double g, double _, ref double h, ref double _) =>
        {
            h += g * g;
            return Rate * g / (Math.Sqrt(h) + Delta);
        });
        Check(new RmsProp.Step(Rate, 0.98f, Delta), count, threads, isL1,
            (double g, double _, ref double h, ref double _) =>
        {
            h = (0.98f * h) + ((1 - 0.98f) * g * g);
            return Rate * g / (Math.Sqrt(h) + Delta);
        });
        Check(new AdaDelta.Step(Rate, 0.95f, Delta), count, threads, isL1,
            (double g, double _, ref double h, ref double s) =>
        {
            h = (0.95f * h) + ((1 - 0.95f) * g * g);
            double t = g * Math.Sqrt((s + Delta) / (h + Delta));
            s = (0.95f * s) + ((1 - 0.95f) * t * t);
            return Rate * t;
        });
        Check(new Adam.Step(Rate, 0.9f, 0.999f, Delta), count, threads, isL1,
            (double g, double _, ref double m, ref double v) =>
        {
            m = (0.9f * m) + ((1 - 0.9f) * g);
            v = (0.999f * v) + ((1 - 0.999f) * g * g);
            return Rate * m / (Math.Sqrt(v) + Delta);
        });
        Check(new AdamW.Step(new(Rate, 0.9f, 0.999f, Delta), 0.01f), count, threads, isL1,
            (double g, double w, ref double m, ref double v) =>
        {
            m = (0.9f * m) + ((1 - 0.9f) * g);
            v = (0.999f * v) + ((1 - 0.999f) * g * g);
            return (Rate * m / (Math.Sqrt(v) + Delta)) + (0.01f * w);
        });
    }

    private static void Check<T>(T step, int count, int threads, bool isL1, Reference reference)
        where T : struct, IUpdateStep
    {
        using var pool = new WorkerPool(threads);
        var random = new Random(count);
        Blob blob = new(count), first = new(count), second = new(count);
        for (int i = 0; i < count; i++)
        {
            blob.Data[i] = i % 5 == 0 ? 0 : random.NextSingle() - 0.5f;
            blob.Diff[i] = random.NextSingle() - 0.5f;
            first.Data[i] = random.NextSingle();
            second.Data[i] = random.NextSingle();
        }

        float[] w = blob.Data.ToArray(), g = blob.Diff.ToArray(), h = first.Data.ToArray(), s = second.Data.ToArray();
        new ParameterUpdate(blob, [first, second], new GradientStep(Rate, 0.5f, 0.01f, isL1), 0, pool).Apply(step);
        for (int i = 0; i < count; i++)
        {
            double one = h[i], two = s[i];
            double gradient = (0.5 * g[i]) + (0.01f * (isL1 ? Math.Sign(w[i]) : (double)w[i]));
            double u = reference(gradient, w[i], ref one, ref two);
            Assert.Equal(u, blob.Diff[i], 1e-6 * (1 + Math.Abs(u)));
            Assert.Equal(w[i] - u, blob.Data[i], 1e-6 * (1 + Math.Abs(u)));
            Assert.Equal(one, first.Data[i], 1e-6 * (1 + Math.Abs(one)));
            Assert.Equal(two, second.Data[i], 1e-6 * (1 + Math.Abs(two)));
        }
    }
}
