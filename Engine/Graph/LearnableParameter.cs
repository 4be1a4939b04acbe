using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>
/// A parameter blob that the solver updates: owned by the first layer that has it, shared by any later one.
/// </summary>
public sealed class LearnableParameter
{
    internal LearnableParameter(NetLayer owner, int index, string name)
    {
        Owner = owner;
        Index = index;
        Name = name;
    }

    /// <summary>The first layer that has it.</summary>
    public NetLayer Owner { get; }

    /// <summary>Its index among the owner's blobs.</summary>
    public int Index { get; }

    /// <summary>The name by which it is shared; empty when it is not.</summary>
    public string Name { get; }

    /// <summary>The values and their gradient.</summary>
    public Blob Blob => Owner.Layer.Blobs[Index];

    /// <summary>The factor on the learning rate; 1 unless a layer says otherwise.</summary>
    public float LearningRateMultiplier { get; internal set; } = 1;

    /// <summary>The factor on the weight decay; 1 unless a layer says otherwise.</summary>
    public float DecayMultiplier { get; internal set; } = 1;

    /// <summary>Whether any layer computes its gradient; a layer where <c>lr_mult</c> is 0 does not.</summary>
    public bool HasGradient => Uses.Exists(u => u.Layer.Layer.NeedsGradient(u.Index));

    internal List<(NetLayer Layer, int Index)> Uses { get; } = [];

    internal bool HasLearningRateMultiplier { get; set; }

    internal bool HasDecayMultiplier { get; set; }
}
