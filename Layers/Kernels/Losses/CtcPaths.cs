namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The paths of one item of a <see cref="CtcBatch"/> through its S = 2 L + 1 states: its L labels with a blank before,
/// between and after them. A step stays in a state, goes to the next or, from one label to a different one, leaves out
/// the blank between. All values are natural logarithms, in double precision.
/// </summary>
internal readonly unsafe struct CtcPaths
{
    private readonly CtcBatch batch;
    private readonly int item;
    private readonly int* labels;
    private readonly double* scales;
    private readonly double* alphas;
    private readonly double* betas;

    /// <summary>Reads the item's row of the batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="item">The item.</param>
    /// <param name="memory">Room for <see cref="Doubles"/> numbers.</param>
    public CtcPaths(in CtcBatch batch, int item, double* memory)
    {
        this.batch = batch;
        this.item = item;
        labels = batch.Labels + ((long)item * batch.MostLabels);
        States = (2 * batch.Lengths[item]) + 1;
        scales = memory;
        alphas = memory + batch.Steps;
        betas = alphas + ((long)batch.Steps * States);
        for (int t = 0; t < batch.Steps; t++)
        {
            scales[t] = Scale(t);
        }
    }

    /// <summary>S, the number of states.</summary>
    public int States { get; }

    /// <summary>The memory that an item needs: the steps' scales, alpha, and beta of two steps.</summary>
    public static long Doubles(in CtcBatch batch)
    {
        long states = (2L * batch.MostLabels) + 1;
        return batch.Steps + (batch.Steps * states) + (2 * states);
    }

    /// <summary>
    /// Computes alpha, the probability of the paths up to each step and state, and returns that of all paths: minus
    /// infinity where there are fewer steps than any path takes.
    /// </summary>
    public double Forward()
    {
        for (int s = 0; s < States; s++)
        {
            alphas[s] = s < 2 ? Log(0, s) : double.NegativeInfinity;
        }

        for (int t = 1; t < batch.Steps; t++)
        {
            double* before = alphas + ((long)(t - 1) * States), now = before + States;
            for (int s = 0; s < States; s++)
            {
                double sum = s > 0 ? Add(before[s], before[s - 1]) : before[s];
                now[s] = (SkipsTo(s) ? Add(sum, before[s - 2]) : sum) + Log(t, s);
            }
        }

        double* last = alphas + ((long)(batch.Steps - 1) * States);
        return States > 1 ? Add(last[States - 1], last[States - 2]) : last[0];
    }

    /// <summary>
    /// Takes the share of the paths that are in each state at each step off that state's symbol:
    /// <c>dx[t, symbol of s] -= scale e^(alpha + beta - total)</c>, beta being the probability of the paths from there.
    /// </summary>
    /// <param name="dx">The item's first row; steps are <c>items * symbols</c> apart.</param>
    /// <param name="scale">The factor.</param>
    /// <param name="total">What <see cref="Forward"/> returned.</param>
    public void TakeShares(float* dx, float scale, double total)
    {
        double* now = betas, after = betas + States;
        for (int t = batch.Steps - 1; t >= 0; t--)
        {
            double* alpha = alphas + ((long)t * States);
            float* row = dx + ((long)t * batch.Items * batch.Symbols);
            for (int s = 0; s < States; s++)
            {
                now[s] = t == batch.Steps - 1 ? s >= States - 2 ? 0 : double.NegativeInfinity : Beta(t, s, after);
                row[Symbol(s)] -= (float)(scale * Math.Exp(alpha[s] + now[s] - total));
            }

            double* last = after;
            after = now;
            now = last;
        }
    }

    // The logarithm of a + b, given those of a and b.
    private static double Add(double a, double b)
    {
        double larger = Math.Max(a, b);
        return double.IsNegativeInfinity(larger) ? larger : larger + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));
    }

    private double Beta(int t, int s, double* after)
    {
        double sum = after[s] + Log(t + 1, s);
        if (s + 1 < States)
        {
            sum = Add(sum, after[s + 1] + Log(t + 1, s + 1));
        }

        return s + 2 < States && SkipsTo(s + 2) ? Add(sum, after[s + 2] + Log(t + 1, s + 2)) : sum;
    }

    private int Symbol(int s) => (s & 1) == 0 ? batch.Blank : labels[s >> 1];

    // Whether the state can be reached from the one before the last.
    private bool SkipsTo(int s) => s > 1 && (s & 1) == 1 && labels[s >> 1] != labels[(s >> 1) - 1];

    private double Log(int t, int s) => Row(t)[Symbol(s)] - scales[t];

    private float* Row(int t) => batch.Scores + Offset(t);

    private long Offset(int t) => (((long)t * batch.Items) + item) * batch.Symbols;

    // The logarithm of the softmax's divisor, from the largest probability, which is never small.
    private double Scale(int t)
    {
        float* p = batch.Probabilities + Offset(t);
        int largest = 0;
        for (int c = 1; c < batch.Symbols; c++)
        {
            largest = p[c] > p[largest] ? c : largest;
        }

        return Row(t)[largest] - Math.Log(p[largest]);
    }
}
