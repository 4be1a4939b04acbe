namespace Cnn.Runner.DataSets;

/// <summary>The progress of writing a file or database.</summary>
/// <param name="Name">What is written, such as <c>mnist_train_lmdb</c>.</param>
/// <param name="Done">The images, or the bytes of a download, written so far.</param>
/// <param name="Total">The total number of them.</param>
public readonly record struct WriteProgress(string Name, long Done, long Total);
