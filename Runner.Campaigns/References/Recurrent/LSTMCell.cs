namespace Cnn.Campaigns.References.Recurrent;

/// <summary>The cell of long short-term memory.</summary>
internal static class LSTMCell
{
    /// <summary>Returns c and h after a step.</summary>
    /// <param name="before">c before, times the marker.</param>
    /// <param name="i">The sum of the input gate.</param>
    /// <param name="f">The sum of the forget gate.</param>
    /// <param name="o">The sum of the output gate.</param>
    /// <param name="g">The sum of the input.</param>
    public static (double C, double H) Step(double before, double i, double f, double o, double g)
    {
        double c = (Sigmoid(f) * before) + (Sigmoid(i) * Math.Tanh(g));
        return (c, Sigmoid(o) * Math.Tanh(c));
    }

    /// <summary>The logistic function.</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
