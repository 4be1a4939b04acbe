using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>The mean loss of the last iterations, as Caffe shows it.</summary>
/// <param name="window">The number of iterations, <c>average_loss</c>.</param>
internal sealed class SmoothedLoss(int window)
{
    private readonly float[] losses = new float[window];
    private long added;

    /// <summary>The mean so far.</summary>
    public float Value { get; private set; }

    /// <summary>Adds what it knows to a snapshot.</summary>
    public void Save(PlateauState state)
    {
        (state.SmoothedLoss, state.Added) = (Value, added);
        state.Loss.AddRange(losses.Take((int)Math.Min(added, window)));
    }

    /// <summary>Goes on where a snapshot stands, if it has the same window.</summary>
    public void Restore(PlateauState state)
    {
        if (state.Loss.Count == Math.Min(state.Added, window))
        {
            state.Loss.CopyTo(losses, 0);
            (Value, added) = (state.SmoothedLoss, state.Added);
        }
    }

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
