namespace Cnn.Engine.Solvers;

/// <summary>The mean loss of the last iterations, as Caffe shows it.</summary>
/// <param name="window">The number of iterations, <c>average_loss</c>.</param>
internal sealed class SmoothedLoss(int window)
{
    private readonly float[] losses = new float[window];
    private long added;

    /// <summary>The mean so far.</summary>
    public float Value { get; private set; }

    /// <summary>Adds the loss of an iteration.</summary>
    public void Add(float loss)
    {
        if (added < window)
        {
            Value = ((Value * added) + loss) / (added + 1);
        }
        else
        {
            Value += (loss - losses[added % window]) / window;
        }

        losses[added++ % window] = loss;
    }
}
