using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Losses;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// A direction in which parameters and inputs of a net move, and the objective that should follow: the outputs'
/// values, each times a
/// random weight, and the losses.
/// </summary>
internal sealed class Direction
{
    private const double Tolerance = 0.01, MostRounding = 0.2;
    private const int MostSteps = 7;

    private readonly NetCase net;
    private readonly Net built;
    private readonly NetStart start;
    private readonly List<(Blob Blob, float[] Step)> moves = [];
    private readonly List<(Blob Blob, float[] Weights)> objective = [];

    private Direction(NetCase net, Net built)
    {
        (this.net, this.built) = (net, built);
        start = new NetStart(built);
    }

    /// <summary>Draws a direction; null where the net's gradient is none of its objective by what its layers
    /// say.</summary>
    public static Direction? Of(NetCase net, Net built, bool withInputs)
    {
        var direction = new Direction(net, built);
        if (!direction.start.CanBegin)
        {
            return null;
        }

        var moving = new HashSet<Blob>();
        foreach (string name in built.Inputs.Where(_ => withInputs))
        {
            if (net.Fills.GetValueOrDefault(name, BottomFill.Floats).IsContinuous)
            {
                moving.Add(direction.Move(built.FindInput(name), name));
            }
        }

        foreach (NetLayer layer in built.Layers)
        {
            if (!direction.Follow(layer, moving))
            {
                return null;
            }
        }

        direction.AddObjective();
        return direction.moves.Count > 0 && direction.objective.Count > 0 ? direction : null;
    }

    /// <summary>Compares the gradient along the direction with differences.</summary>
    /// <returns>Whether they agree, null where nothing can be said, and what was found.</returns>
    public (bool? Holds, string Text) Check()
    {
        Evaluate(0, out _);
        NetPass.SetOutputDiffs(net, built);
        built.ClearParameterDiffs();
        built.Backward();
        double slope = moves.Sum(m => Dot(m.Blob.Diff, m.Step));
        double before = double.NaN, gapBefore = double.NaN;
        double step = 0.02;
        for (int i = 0; i < MostSteps; i++, step /= 4)
        {
            double above = Evaluate(step, out double size), below = Evaluate(-step, out _), middle = Evaluate(0, out _);
            double central = (above - below) / (2 * step);
            double gap = Math.Abs((above - middle) - (middle - below)) / step;
            double rounding = 4e-7 * size / step;
            double scale = Math.Max(Math.Abs(central), Math.Abs(slope));
            double allowed = (Tolerance * scale) + rounding;
            if (!double.IsFinite(central) || !double.IsFinite(slope))
            {
                return (null, "");
            }

            if (Math.Abs(central - slope) <= allowed)
            {
                return (rounding > MostRounding * scale ? null : true, "");
            }

            // Two steps that agree with each other, and both sides of the second.
            if (rounding < 0.02 * scale && Math.Abs(central - before) < 0.25 * Math.Abs(central - slope)
                && gap < 0.25 * Math.Abs(central - slope) && gap < Math.Max(rounding, 0.6 * gapBefore))
            {
                return (false, $"along a direction the gradient is {slope:R}, differences are {before:R} and "
                    + $"{central:R}");
            }

            (before, gapBefore) = (central, gap);
        }

        return (null, "");
    }

    private Blob Move(Blob blob, string purpose)
    {
        moves.Add((blob, BottomFill.Between(-1, 1).Draw(net.Random($"move {purpose}"), [blob.Count])));
        return blob;
    }

    // Adds what moves with the layer; false where its gradients leave something out.
    private bool Follow(NetLayer layer, HashSet<Blob> moving)
    {
        bool moves = layer.Bottoms.Any(moving.Contains);
        for (int i = 0; i < layer.Parameters.Count; i++)
        {
            Blob parameter = layer.Parameters[i];
            if (layer.Layer.NeedsGradient(i) && layer.NeedsBackward && layer.Layer is not IRunningStatistics { }
                && parameter.Count > 0)
            {
                moves = true;
                if (!this.moves.Any(m => m.Blob.SharesDataWith(parameter)))
                {
                    Move(parameter, $"{layer.Name} {i}");
                }
            }
        }

        if (!moves)
        {
            return true;
        }

        if (layer.Layer.StopsGradient || !layer.Layer.HasGradient || !layer.NeedsBackward
            || layer.Layer.GradientRule is not null
            || layer.Layer.ParameterGradientRule is not null
            || (layer.Layer is LossLayer or { IsLoss: true } && layer.Tops.Count > 1)
            || InferencePart.Jumping.Contains(layer.Type)
            || layer.Bottoms.Where((b, i) => moving.Contains(b) && !layer.PropagateDown[i]).Any())
        {
            return false;
        }

        moving.UnionWith(layer.Tops);
        return true;
    }

    private void AddObjective()
    {
        foreach (NetLayer layer in built.Layers)
        {
            for (int i = 0; i < layer.Tops.Count; i++)
            {
                if (layer.LossWeights[i] != 0)
                {
                    objective.Add((layer.Tops[i], [.. Enumerable.Repeat(layer.LossWeights[i], layer.Tops[i].Count)]));
                }
                else if (NetPass.WantsDiff(built, layer, i))
                {
                    objective.Add((layer.Tops[i], []));
                }
            }
        }
    }

    private double Evaluate(double distance, out double size)
    {
        start.Begin();
        net.Fill(built);
        foreach (var (blob, step) in moves)
        {
            Span<float> values = blob.Data;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] + (distance * step[i]));
            }
        }

        built.ParametersChanged();
        built.Forward();
        (double sum, size) = (0, 0);
        foreach (var (blob, weights) in objective)
        {
            float[] factors = weights.Length > 0 ? weights : OutputWeights(blob);
            ReadOnlySpan<float> values = blob.Data;
            for (int i = 0; i < values.Length; i++)
            {
                sum += (double)factors[i] * values[i];
                size += Math.Abs((double)factors[i] * values[i]);
            }
        }

        return sum;
    }

    private float[] OutputWeights(Blob blob)
    {
        string name = built.Outputs.First(o => built.FindBlob(o) == blob);
        return BottomFill.Between(-1, 1).Draw(net.Random($"diff of {name}"), blob.Shape.ToArray());
    }

    private static double Dot(ReadOnlySpan<float> gradient, float[] step)
    {
        double sum = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            sum += (double)gradient[i] * step[i];
        }

        return sum;
    }
}
