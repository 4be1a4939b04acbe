namespace Cnn.Engine.Runs;

/// <summary>How a test classified its images, class by class.</summary>
/// <param name="Iteration">The iteration of the test.</param>
/// <param name="Names">The name of each class.</param>
/// <param name="Counts">The images of class <c>i</c> that were given class <c>j</c>, at <c>[i][j]</c>.</param>
/// <param name="Worst">The mistakes that the net was surest of, the surest first.</param>
public sealed record ClassReport(
    long Iteration,
    IReadOnlyList<string> Names,
    IReadOnlyList<IReadOnlyList<long>> Counts,
    IReadOnlyList<ClassMistake> Worst)
{
    /// <summary>Returns the share of the images of a class that were given it; NaN where there are none.</summary>
    public double Recall(int index) => Counts[index][index] / (double)Counts[index].Sum();

    /// <summary>Returns the share of the images given a class that have it; NaN where there are none.</summary>
    public double Precision(int index) => Counts[index][index] / (double)Counts.Sum(row => row[index]);
}
